"""A canvas for charts, in pixels: smooth lines, areas, letters, pictures; drawn with Pillow."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw

from dualbrain.drawing.colours import BLANK, colormap
from dualbrain.drawing.text import write

PAPER = "#ffffff"
SHARPNESS = 1.125
"""Pixels of what is drawn for each pixel of the paper."""
FINE = 2
"""All is drawn so many times larger at first: Pillow smoothes by shrinking alone."""
COLOURS = ("#1f2933", "#7b8794", "#2364aa", "#e4572e")
"""Colours of charts: with these in shades, and a ramp, a file is a fifth as large as with all that there are,"""
SHADES = 16
"""so many of each."""

Points = NDArray[np.float64]
"""``(n, 2)``: from the left and from the top; NaN breaks a line."""
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


class Canvas:
    """Draws on paper of its own."""

    def __init__(self, width: float, height: float):
        self._scale = SHARPNESS * FINE
        # A multiple of FINE, so that shrinking leaves no half pixels.
        size = [FINE * round(side * SHARPNESS) for side in (width, height)]
        self._paper = Image.new("RGB", (size[0], size[1]), PAPER)
        self._draw = ImageDraw.Draw(self._paper, "RGBA")
        self._written: list[tuple[float, float, str, str, float, str, bool]] = []

    def line(self, points: Points, colour: str, width: float) -> None:
        """Draw through the points."""
        for piece in _pieces(points):
            self._draw.line(self._placed(piece), colour, max(round(width * self._scale), 1), joint="curve")

    def dashes(self, start: Sequence[float], end: Sequence[float], colour: str, width: float, length: float) -> None:
        """Draw a straight line in dashes."""
        ends = np.asarray([start, end], float)
        n = max(int(np.hypot(*(ends[1] - ends[0])) / (2 * length)), 1)
        places = self._placed(ends[0] + np.arange(0.0, n, 0.5)[:, None] / n * (ends[1] - ends[0]))
        for k in range(0, 2 * n, 2):
            self._draw.line(places[k : k + 2], colour, max(round(width * self._scale), 1))

    def dots(self, points: Points, colour: str, radius: float) -> None:
        """Mark points."""
        for x, y in (points * self._scale).tolist():
            self._draw.circle((x, y), radius * self._scale, colour)

    def area(self, outline: Points, colour: str, strength: float = 1.0) -> None:
        """Fill what the outline encloses; ``strength`` of 1 covers what is below it."""
        if len(outline) > 1:
            self._draw.polygon(self._placed(outline), (*ImageColor.getrgb(colour)[:3], round(255 * strength)))

    def letters(self, x: float, y: float, text: str, colour: str, size: float, anchor: str, bold: bool = False) -> None:
        """Write above whatever is drawn; ``size`` in pixels, ``anchor`` as Pillow names it."""
        self._written.append((x, y, text, colour, size, anchor, bold))

    def picture(self, pixels: NDArray[np.uint8], box: Box) -> None:
        """Show pixels ``(h, w, 3)``, each as a rectangle."""
        left, top, right, bottom = (round(side * self._scale) for side in box)
        shown = Image.fromarray(pixels).resize((right - left, bottom - top), Image.Resampling.NEAREST)
        self._paper.paste(shown, (left, top))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of what is taken off, in pixels."""
        return self._paper.width // FINE, self._paper.height // FINE

    def take(self) -> Image.Image:
        """Take off the paper with all that is on it, and begin anew."""
        paper = self._paper.reduce(FINE)
        # Letters are smooth by themselves, and quicker to write when they are small.
        for x, y, text, colour, size, anchor, bold in self._written:
            write(paper, (x * SHARPNESS, y * SHARPNESS), text, colour, round(size * SHARPNESS), anchor, bold)
        self._written.clear()
        self._paper.paste(PAPER, (0, 0, *self._paper.size))
        return paper

    def _placed(self, points: Points) -> list[tuple[float, float]]:
        return [(x, y) for x, y in (points * self._scale).tolist()]


def _pieces(points: Points) -> list[Points]:
    """Return the parts of a line between which it is broken."""
    there = np.isfinite(points).all(axis=1)
    if there.all():
        return [points]
    cuts = np.flatnonzero(np.diff(there.astype(int))) + 1
    return [piece for piece in np.split(points, cuts) if np.isfinite(piece[0]).all()]


@lru_cache
def tones() -> NDArray[np.uint8]:
    """Return the colours ``(n, 3)`` of all charts."""
    pale = np.linspace(0.0, 1.0, SHADES, endpoint=False)[:, None]
    shades = [(1.0 - pale) * ImageColor.getrgb(colour)[:3] + pale * 255 for colour in COLOURS]
    return np.concatenate([*shades, [(255, 255, 255), BLANK], colormap("RdBu_r")[::2]]).round().astype(np.uint8)
