"""Write thoughts for TensorBoard's projector: a point each, with predictions, targets and a picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf import text_format
from numpy.typing import NDArray
from PIL import Image
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

from dualbrain.files.text import write_text
from dualbrain.tensorboard.images import QUICK

MOST = 1000
"""Thoughts shown."""
TAG = "thoughts"
POINTS, LABELS, SPRITES = "tensors.tsv", "metadata.tsv", "sprite.png"
"""Files that TensorBoard's projector reads."""
LARGEST = 40
"""Pixels of a sprite's longer side."""

Columns = Mapping[str, NDArray[Any]]
Bools = NDArray[np.bool_]


def choose_rows(eventful: Bools, allowed: Bools, most: int = MOST) -> NDArray[np.int64]:
    """Return which of R rows are shown: up to half of them such that something was about to happen, the rest evenly.

    ``eventful`` ``(R,)`` marks the former, ``allowed`` ``(R,)`` what may be shown.

    >>> choose_rows(np.array([False, False, True, False, False]), np.ones(5, bool), most=3).tolist()
    [0, 2, 4]
    """
    chosen = _evenly(np.flatnonzero(allowed & eventful), most // 2)
    left = allowed.copy()
    left[chosen] = False
    return np.sort(np.concatenate([chosen, _evenly(np.flatnonzero(left), most - len(chosen))]))


def _evenly(rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    return rows if len(rows) <= most else rows[np.linspace(0, len(rows) - 1, most).round().astype(int)]


def write_thoughts(
    writers: Sequence[Any], thoughts: NDArray[np.float32], columns: Columns, sprites: NDArray[np.uint8] | None
) -> None:
    """Show thoughts ``(n, Z)`` in the projector, in the place of those shown before.

    ``columns`` of ``(n,)`` are what they may be coloured by, NaN where nothing is known; ``sprites`` are
    ``(n, h, w, 3)``.
    """
    points = _table(zip(*(_written(column) for column in thoughts.T), strict=True))
    labels = _table([list(columns), *zip(*(_written(column) for column in columns.values()), strict=True)])
    small = None if sprites is None else _small(sprites)
    for writer in writers:
        logs = Path(writer.get_logdir())
        home = logs / "00000" / TAG
        home.mkdir(parents=True, exist_ok=True)
        write_text(home / POINTS, points)
        write_text(home / LABELS, labels)
        if small is not None:
            _sheet(small).save(home / SPRITES, compress_level=QUICK)
        write_text(logs / "projector_config.pbtxt", text_format.MessageToString(_config(writer, small)))


def _config(writer: Any, sprites: NDArray[np.uint8] | None) -> ProjectorConfig:
    """Return what the projector shows of a run: these thoughts, and others that were given to the writer."""
    config: ProjectorConfig = vars(writer).setdefault("_projector_config", ProjectorConfig())
    others = [one for one in config.embeddings if not one.tensor_name.startswith(f"{TAG}:")]
    del config.embeddings[:]
    config.embeddings.extend(others)
    home = f"00000/{TAG}"
    shown = config.embeddings.add(tensor_name=f"{TAG}:00000", tensor_path=f"{home}/{POINTS}")
    shown.metadata_path = f"{home}/{LABELS}"
    if sprites is not None:
        shown.sprite.image_path = f"{home}/{SPRITES}"
        shown.sprite.single_image_dim.extend([sprites.shape[2], sprites.shape[1]])
    return config


def _table(rows: Iterable[Sequence[str]]) -> str:
    return "\n".join("\t".join(row) for row in rows) + "\n"


def _written(column: NDArray[Any]) -> list[str]:
    """Return numbers, or nothing where there is none: the projector leaves such points grey."""
    return [f"{value:.4g}" if math.isfinite(value) else "" for value in column.tolist()]


def _sheet(sprites: NDArray[np.uint8]) -> Image.Image:
    """Lay sprites ``(n, h, w, 3)`` out on a square, row by row, as the projector asks for."""
    n, height, width, _ = sprites.shape
    side = math.ceil(math.sqrt(n))
    sheet = np.zeros((side * side, *sprites.shape[1:]), np.uint8)
    sheet[:n] = sprites
    rows = sheet.reshape(side, side, height, width, 3).swapaxes(1, 2)
    return Image.fromarray(rows.reshape(side * height, side * width, 3))


def _small(sprites: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return sprites with every so many pixels left out, until they are small enough."""
    stride = -(-max(sprites.shape[1:3]) // LARGEST)
    return np.ascontiguousarray(sprites[:, ::stride, ::stride])
