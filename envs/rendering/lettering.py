"""The font of letters in pictures of worlds."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from PIL import ImageFont


@lru_cache(maxsize=8)
def font(size: int) -> Any:
    """Return the font of a size, in pixels."""
    return ImageFont.load_default(size)
