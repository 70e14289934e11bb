"""Picture what ``dualbrain watch`` shows: ``docs/pictures/make_watch.py RUN`` writes ``watch.png`` beside itself.

It shows the moment at which an event of the chosen signal was foreseen most, in an episode that has pictures.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from dualbrain.cli import main as dualbrain
from dualbrain.inspection.recording import Recording
from dualbrain.inspection.recording_file import load_recording
from dualbrain.running.recorded import EPISODES
from dualbrain.running.saved import find_model

HERE = Path(__file__).parent
SIZE = (1440, 810)


def moment(recording: Recording, signal: str) -> tuple[int, int]:
    """Return episode and step."""
    if signal not in recording.signals:
        raise SystemExit(f"there is no signal {signal}: {', '.join(recording.signals)}")
    drawn = np.isin(recording.table["episode"], list(recording.pictures))
    happens = np.nan_to_num(recording.column("truth", signal)) != 0.0
    if not (drawn & happens).any():
        raise SystemExit(f"no {signal} in the episodes that have pictures: try another --signal")
    row = int(np.argmax(np.where(drawn & happens, recording.column("prediction", signal), -np.inf)))
    return int(recording.table["episode"][row]), int(recording.table["time"][row])


def photograph(address: str, path: Path) -> None:
    """Keep what a browser shows of an address."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("this needs chromium")
    size = f"--window-size={SIZE[0]},{SIZE[1]}"
    with tempfile.TemporaryDirectory() as profile:
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=5000", size]
        command = [chromium, *flags, f"--user-data-dir={profile}", f"--screenshot={path}", address]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def main() -> int:
    """Write the page of the run, and keep what it shows, small."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run", help="run folder, or folder of runs")
    parser.add_argument("--signal", default="flinch.flinch", help="signal that is followed")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("-o", "--output", type=Path, default=HERE / "watch.png")
    chosen = parser.parse_args()
    folder = find_model(chosen.run).parent
    failed = dualbrain(["watch", str(folder)])
    if failed:
        return failed
    episode, step = moment(load_recording(folder / EPISODES), chosen.signal)
    page = (folder / "watch.html").resolve().as_uri()
    photograph(f"{page}#episode={episode}&step={step}&follow={chosen.signal}&theme={chosen.theme}", chosen.output)
    with Image.open(chosen.output) as picture:
        opaque = picture.convert("RGB")
    opaque.save(chosen.output, optimize=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
