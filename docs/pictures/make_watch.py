"""Picture what ``dualbrain watch`` shows: ``docs/pictures/make_watch.py RUN`` writes ``watch.png`` beside itself.

It shows the step with the highest prediction of the chosen signal's event, in an episode that has pictures. It needs
selenium, chromium and its driver.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from photograph import photograph

from dualbrain.cli import main as dualbrain
from dualbrain.episodes.file import load_recording
from dualbrain.episodes.record import Recording
from dualbrain.runs.models import find_model
from dualbrain.runs.notable_episodes import EPISODES

HERE = Path(__file__).parent


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
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
