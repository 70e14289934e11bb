"""Numbers as colours."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib import colormaps
from numpy.typing import NDArray
from PIL import Image

BLANK = (232, 235, 239)
"""Where there is no number."""


@lru_cache
def colormap(name: str) -> NDArray[np.uint8]:
    """Return the 256 colours ``(256, 3)`` of one of matplotlib's maps."""
    colours: NDArray[np.uint8] = colormaps[name](np.arange(256), bytes=True)[:, :3]
    return colours


def quantize(picture: Image.Image, tones: NDArray[np.uint8]) -> Image.Image:
    """Return a picture in which each pixel has the nearest of at most 256 colours ``(n, 3)``.

    That is several times quicker than to find out which colours a picture needs, and its file smaller.
    """
    asked = Image.new("P", (1, 1))
    # Pillow looks colours up in cells of four tones, by the darkest of each.
    asked.putpalette((tones & 0xFC).ravel().tolist())
    found = picture.quantize(palette=asked, dither=Image.Dither.NONE)
    found.putpalette(tones.ravel().tolist())
    return found


def palette_of(picture: NDArray[np.uint8], most: int) -> NDArray[np.uint8]:
    """Return so many colours ``(most, 3)`` that a picture ``(H, W, 3)`` needs."""
    palette = Image.fromarray(np.ascontiguousarray(picture)).quantize(most).getpalette() or []
    return np.array(palette[: 3 * most], np.uint8).reshape(-1, 3)


def shades(values: NDArray[np.floating[Any]], low: float, high: float, name: str) -> NDArray[np.uint8]:
    """Return the colours ``(..., 3)`` of numbers ``(...)`` between the map's ends; NaN is blank."""
    share = np.clip((np.nan_to_num(values) - low) / (high - low), 0.0, 1.0)
    shown: NDArray[np.uint8] = colormap(name)[np.rint(share * 255).astype(int)]
    shown[np.isnan(values)] = BLANK
    return shown
