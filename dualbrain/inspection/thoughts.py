"""Thoughts for TensorBoard's projector: a point each, coloured by what was foreseen or came, with what was seen."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

MOST = 1000
"""Thoughts shown."""
TAG = "thoughts"
LARGEST = 40
"""Pixels of a sprite's longer side."""

Columns = Mapping[str, NDArray[Any]]


def choose_rows(target: NDArray[np.floating[Any]], allowed: NDArray[np.bool_], most: int = MOST) -> NDArray[np.int64]:
    """Return which of R rows are shown: up to half of them such that something was about to happen, the rest evenly.

    ``target`` ``(R, K)`` is what each signal's short assessor should have said, ``allowed`` ``(R,)`` who may be shown.

    >>> choose_rows(np.array([[0.0], [0.0], [1.0], [0.0], [0.0]]), np.ones(5, bool), most=3).tolist()
    [0, 2, 4]
    """
    eventful = np.flatnonzero(allowed & (np.nan_to_num(target) != 0.0).any(axis=1))
    chosen = _evenly(eventful, most // 2)
    rest = np.setdiff1d(np.flatnonzero(allowed), chosen)
    return np.sort(np.concatenate([chosen, _evenly(rest, most - len(chosen))]))


def _evenly(rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    return rows if len(rows) <= most else rows[np.linspace(0, len(rows) - 1, most).round().astype(int)]


def write_thoughts(
    writers: Sequence[Any], thoughts: NDArray[np.float32], columns: Columns, sprites: NDArray[np.uint8] | None
) -> None:
    """Show thoughts ``(n, Z)`` in the projector, in the place of those shown before.

    ``columns`` of ``(n,)`` are what they may be coloured by, NaN where nothing is known; ``sprites`` are
    ``(n, h, w, 3)``.
    """
    labels = [[_written(value) for value in row] for row in zip(*columns.values(), strict=True)]
    images = None if sprites is None else torch.from_numpy(_small(sprites)).permute(0, 3, 1, 2) / 255.0
    for writer in writers:
        _forget(writer)
        shown = thoughts.round(4).astype(float)
        writer.add_embedding(shown, labels, images, tag=TAG, metadata_header=list(columns))


def _forget(writer: Any) -> None:
    """Take back the thoughts shown before: the projector would list them all."""
    shutil.rmtree(Path(writer.get_logdir()) / "00000" / TAG, ignore_errors=True)
    if hasattr(writer, "_projector_config"):
        shown = writer._projector_config.embeddings
        others = [one for one in shown if not one.tensor_name.startswith(f"{TAG}:")]
        del shown[:]
        shown.extend(others)


def _written(value: Any) -> str:
    """Return a number, or nothing where there is none: the projector leaves such points grey."""
    return "" if isinstance(value, (float, np.floating)) and not np.isfinite(value) else f"{value:.4g}"


def _small(sprites: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return sprites with every so many pixels left out, until they are small enough."""
    stride = -(-max(sprites.shape[1:3]) // LARGEST)
    return np.ascontiguousarray(sprites[:, ::stride, ::stride])
