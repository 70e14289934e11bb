"""A recording as one file: columns as arrays, what they are of as JSON, pictures one after another."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import numpy as np

from dualbrain.errors import UserError
from dualbrain.inspection.recording import Picture, Recording
from dualbrain.senses import Sense
from dualbrain.signal import Signal

COLUMN, ABOUT, PICTURES = "column ", "about", "pictures"
"""Names of arrays; those of columns follow the first."""
LAYOUT = 2
"""Of the columns: raised when one of them comes to mean something else."""


def save_recording(recording: Recording, file: str | Path | IO[bytes], **made_by: Any) -> None:
    """Write a recording, without observations; ``made_by`` says what it was made by, for `made_by`."""
    about = {
        "layout": LAYOUT,
        "signals": {name: asdict(signal) for name, signal in recording.signals.items()},
        "senses": [asdict(sense) for sense in recording.senses.values()],
        "weights": dict(recording.weights),
        "pictures": {episode: [len(picture) for picture in drawn] for episode, drawn in recording.pictures.items()},
        "made_by": made_by,
    }
    together = b"".join(picture for drawn in recording.pictures.values() for picture in drawn)
    arrays: dict[str, Any] = {COLUMN + name: column for name, column in recording.table.items()}
    arrays[ABOUT] = np.array(json.dumps(about))
    arrays[PICTURES] = np.frombuffer(together, np.uint8)
    np.savez_compressed(file, **arrays)


def load_recording(file: str | Path) -> Recording:
    """Read what `save_recording` wrote.

    Raises `UserError` for a file of an earlier layout, whose columns would be misread.
    """
    with np.load(file) as arrays:
        about = json.loads(str(arrays[ABOUT]))
        if about.get("layout", 1) != LAYOUT:
            raise UserError(f"{file} is of layout {about.get('layout', 1)}, not {LAYOUT}: record these episodes again")
        table = {name.removeprefix(COLUMN): arrays[name] for name in arrays.files if name.startswith(COLUMN)}
        pictures = _apart(io.BytesIO(arrays[PICTURES].tobytes()), about["pictures"])
    signals = {name: Signal(**fields) for name, fields in about["signals"].items()}
    senses = {fields["name"]: Sense(**fields) for fields in about["senses"]}
    return Recording(table, signals, senses, about["weights"], pictures)


def made_by(file: str | Path) -> dict[str, Any]:
    """Return what a recording was made by; nothing for a file of an earlier layout."""
    with np.load(file) as arrays:
        about = json.loads(str(arrays[ABOUT]))
    found: dict[str, Any] = about["made_by"] if about.get("layout", 1) == LAYOUT else {}
    return found


def _apart(together: IO[bytes], sizes: dict[str, list[int]]) -> dict[int, list[Picture]]:
    return {int(episode): [together.read(size) for size in drawn] for episode, drawn in sizes.items()}
