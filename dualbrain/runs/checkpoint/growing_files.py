"""Record the length of growing files at a checkpoint, and truncate them to it on resuming."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from dualbrain.runs.found import inside
from dualbrain.runs.run_folder import MONITOR, TENSORBOARD, RunFolder
from dualbrain.tensorboard.hparams import FILE as SETTINGS

EVENTS = "events.out.tfevents.*"


def lengths(folder: RunFolder) -> dict[str, int]:
    """Return the bytes of every file that grows, by its name in the run folder."""
    return {name: path.stat().st_size for name, path in _growing(folder.path)}


def cut_back(folder: RunFolder, kept: Mapping[str, int]) -> None:
    """Cut files that have grown since a checkpoint back to their ``kept`` lengths; remove those that are newer.

    What is cut off is what the run is about to do again. A warning in the log names a file that is shorter than it was,
    as after a loss of power. Raises `UserError` for a link that leads out of the folder.
    """
    for name, path in list(_growing(folder.path)):
        length, there = kept.get(name, 0), path.stat().st_size
        if length > there:
            missing = f"{length - there:,} of {length:,} bytes of {path} were lost"
            logging.getLogger("dualbrain").warning("%s: its curves have a gap", missing)
        elif length <= 0:
            path.unlink()
        else:
            os.truncate(path, length)


def _growing(folder: Path) -> Iterator[tuple[str, Path]]:
    """Give the monitor file and the event files; not that of the settings, which is written whole."""
    logs = inside(folder, TENSORBOARD)
    events = sorted(path for path in logs.glob(EVENTS) if path.name != SETTINGS)
    for path in (folder / MONITOR, *events):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            yield name, inside(folder, name)
