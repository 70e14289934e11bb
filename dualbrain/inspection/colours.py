"""Numbers as colours."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib import colormaps
from numpy.typing import NDArray

BLANK = (232, 235, 239)
"""Where there is no number."""


@lru_cache
def ramp(name: str) -> NDArray[np.uint8]:
    """Return the 256 colours ``(256, 3)`` of one of matplotlib's maps."""
    colours: NDArray[np.uint8] = colormaps[name](np.arange(256), bytes=True)[:, :3]
    return colours


def shades(values: NDArray[np.floating[Any]], low: float, high: float, name: str) -> NDArray[np.uint8]:
    """Return the colours ``(..., 3)`` of numbers ``(...)`` between the map's ends; NaN is blank."""
    share = np.clip((np.nan_to_num(values) - low) / (high - low), 0.0, 1.0)
    shown: NDArray[np.uint8] = ramp(name)[np.rint(share * 255).astype(int)]
    shown[np.isnan(values)] = BLANK
    return shown
