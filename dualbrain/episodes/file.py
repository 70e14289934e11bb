"""Store a recording as one file: columns as arrays, their description as JSON, pictures one after another."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import numpy as np

from dualbrain.episodes.camera import File
from dualbrain.episodes.record import STEERED, Recording
from dualbrain.episodes.schema import COMMON
from dualbrain.errors import UserError
from dualbrain.model_file.arrays import check_sizes
from dualbrain.origin import reason
from dualbrain.steering.sense import Sense
from dualbrain.steering.signal import Signal

COLUMN, ABOUT, PICTURES = "column ", "about", "pictures"
"""Names of arrays; those of columns follow the first."""
MOST = 2**29
"""Bytes of a recording that is read, unpacked."""
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

    Raises `UserError` for a file that is none, is damaged, or is of an earlier layout, whose columns would be misread.
    """
    with _opened(file) as arrays:
        about = _about(arrays, file)
        table = {name.removeprefix(COLUMN): arrays[name] for name in arrays.files if name.startswith(COLUMN)}
        pictures = _apart(io.BytesIO(arrays[PICTURES].tobytes()), about["pictures"])
        signals = {name: Signal(**fields) for name, fields in about["signals"].items()}
        senses = {fields["name"]: Sense(**fields) for fields in about["senses"]}
        recording = Recording(table, signals, senses, about["weights"], pictures)
        _check(recording)
    return recording


def made_by(file: str | Path) -> dict[str, Any]:
    """Return what a recording was made by: nothing for an earlier layout; raises `UserError` for a damaged file."""
    with _opened(file) as arrays:
        about = json.loads(str(arrays[ABOUT]))
        found: dict[str, Any] = about["made_by"] if about.get("layout", 1) == LAYOUT else {}
    return found


@contextmanager
def _opened(file: str | Path) -> Iterator[Any]:
    """Open a recording; whatever goes wrong in the block says that the file is none."""
    try:
        check_sizes(file, MOST)
        with np.load(file) as arrays:
            yield arrays
    except UserError:
        raise
    except Exception as error:
        raise UserError(f"{file} is no recording that can be read: {reason(error)}") from error


def _about(arrays: Any, file: str | Path) -> dict[str, Any]:
    about: dict[str, Any] = json.loads(str(arrays[ABOUT]))
    if about.get("layout", 1) != LAYOUT:
        raise UserError(f"{file} is of layout {about.get('layout', 1)}, not {LAYOUT}: record these episodes again")
    return about


def _check(recording: Recording) -> None:
    """Raise `ValueError` where columns are missing, of different lengths, empty, or hold no numbers."""
    table = recording.table
    wanted = [column.name for column in COMMON]
    wanted += [f"sense/{name}" for name in recording.senses]
    wanted += [f"{kind}/{name}" for kind in STEERED for name in recording.signals]
    missing = [name for name in wanted if name not in table]
    if missing:
        raise ValueError(f"it lacks the columns {', '.join(missing)}")
    if len({len(column) for column in table.values()}) != 1 or not len(table["time"]):
        raise ValueError("its columns are empty, or differ in length")
    if any(column.dtype.kind not in "biuf" for column in table.values()):
        raise ValueError("its columns hold something else than numbers")


def _apart(together: IO[bytes], sizes: dict[str, list[int]]) -> dict[int, list[File]]:
    """Return the pictures one by one; raises `ValueError` where there are fewer than stated."""
    pictures = {int(episode): [together.read(size) for size in drawn] for episode, drawn in sizes.items()}
    if [*map(len, itertools.chain(*pictures.values()))] != [*itertools.chain(*sizes.values())]:
        raise ValueError("some of its pictures are missing")
    return pictures
