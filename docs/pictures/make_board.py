"""Picture what ``dualbrain board`` shows first: ``docs/pictures/make_board.py RUNS`` writes ``board.png``.

The command is started, and the address that it prints is opened. It needs selenium, chromium and its driver.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from photograph import photograph

HERE = Path(__file__).parent
LOADED = 20.0
"""Seconds after which TensorBoard has read the runs and drawn its charts."""
SIZE = (1440, 860)


def main() -> int:
    """Serve, look, and stop serving."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("runs", help="run, or folder of runs")
    parser.add_argument("--port", default="6006", help="port to serve on (default: 6006)")
    parser.add_argument("-o", "--output", type=Path, default=HERE / "board.png")
    chosen = parser.parse_args()
    command = [sys.executable, "-m", "dualbrain", "board", chosen.runs, "--port", chosen.port]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8") as board:
        assert board.stdout is not None
        try:
            photograph(board.stdout.readline().split()[0], chosen.output, LOADED, SIZE)
        finally:
            board.terminate()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
