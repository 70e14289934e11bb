"""Draw words on pictures. Each is drawn once and cached, as the same ones recur on every sheet and in every frame."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from PIL import Image, ImageDraw, ImageFont

MOST_WORDS = 4096
"""Words that are kept, of a few hundred bytes each."""
BOLD = 0.35
"""Pixels by which the lines of bold letters are wider."""

Colour = str | tuple[int, int, int]


class Word(NamedTuple):
    """Some letters as they are laid over a picture."""

    mask: Image.Image
    left: int
    top: int
    """Where the mask's corner is, in pixels from the place that the word is written at."""


def write(
    paper: Image.Image,
    place: tuple[float, float],
    text: str,
    colour: Colour,
    size: int,
    anchor: str = "la",
    bold: bool = False,
) -> None:
    """Write at a place, in pixels; ``size`` is the letters' and ``anchor`` as Pillow names it."""
    if text:
        word = _drawn(text, size, anchor, bold)
        paper.paste(colour, (round(place[0]) + word.left, round(place[1]) + word.top), word.mask)


@lru_cache(MOST_WORDS)
def _drawn(text: str, size: int, anchor: str, bold: bool) -> Word:
    stroke = BOLD * bold
    left, top, right, bottom = map(int, _font(size).getbbox(text, anchor=anchor, stroke_width=stroke))
    mask = Image.new("L", (right - left + 2, bottom - top + 2))
    ImageDraw.Draw(mask).text((-left, -top), text, 255, _font(size), anchor, stroke_width=stroke)
    return Word(mask, left, top)


@lru_cache
def _font(size: int) -> Any:
    return ImageFont.load_default(size)
