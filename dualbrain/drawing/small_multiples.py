"""Small multiples on one sheet, measured in pixels."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dualbrain.drawing.canvas import PAPER, Canvas, Points, tones
from dualbrain.drawing.colours import quantize, shades

INK, PALE, FAINT = "#1f2933", "#7b8794", "#e4e7eb"
BLUE, ORANGE = "#2364aa", "#e4572e"
COLUMNS = 4
WIDE, HIGH = 252, 192
"""Pixels that a panel takes, its margins included,"""
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 34, 24
"""and those margins."""
HEAD, LEADING = 30, 13
"""Pixels above the panels, for the title, and for each line that explains."""
LETTER = 5.6
"""Pixels that a letter of these lines takes at most, on average."""
LONGEST = 34
"""Letters for which a panel's title has room."""

Numbers = NDArray[Any] | Sequence[float]


@dataclass(frozen=True)
class Frame:
    """A rectangle in which numbers are shown."""

    canvas: Canvas
    left: float
    right: float
    top: float
    bottom: float
    """In pixels from its paper's upper left corner."""
    xs: tuple[float, float] = (0.0, 1.0)
    ys: tuple[float, float] = (0.0, 1.0)
    """Which numbers are at its edges."""

    def part(self, top: float, bottom: float) -> Self:
        """Return a part of it, from share ``top`` to share ``bottom`` of its height."""
        height = self.bottom - self.top
        return replace(self, top=self.top + top * height, bottom=self.top + bottom * height)

    def showing(self, xs: tuple[float, float], ys: tuple[float, float]) -> Self:
        """Return it with other numbers at its edges."""
        return replace(self, xs=xs, ys=ys)

    def across(self, x: Any) -> NDArray[np.float64]:
        """Return where numbers are, in pixels from the left."""
        return self.left + (np.asarray(x, float) - self.xs[0]) / (self.xs[1] - self.xs[0]) * (self.right - self.left)

    def down(self, y: Any) -> NDArray[np.float64]:
        """Return where numbers are, in pixels from the top."""
        share = (np.asarray(y, float) - self.ys[0]) / (self.ys[1] - self.ys[0])
        return self.bottom - share * (self.bottom - self.top)

    def line(self, x: Numbers, y: Numbers, colour: str = BLUE, width: float = 1.6) -> None:
        """Draw a line; NaN breaks it."""
        self.canvas.line(self._points(x, y), colour, width)

    def dotted(self, x: Numbers, y: Numbers, colour: str = BLUE) -> None:
        """Draw a line with a dot at every point."""
        self.line(x, y, colour)
        self.canvas.dots(self._points(x, y), colour, 2.2)

    def diagonal(self) -> None:
        """Draw a line of dashes from the lower left corner to the upper right one."""
        self.canvas.dashes((self.left, self.bottom), (self.right, self.top), PALE, 0.8, 3.0)

    def band(self, x: Numbers, low: Numbers, high: Numbers, colour: str = BLUE, strength: float = 0.22) -> None:
        """Fill what is between two lines; NaN leaves it open."""
        there = np.isfinite(low) & np.isfinite(high)
        below, above = self._points(x, low)[there], self._points(x, high)[there]
        self.canvas.area(np.concatenate([below, above[::-1]]), colour, strength)

    def bars(self, x: Numbers, heights: Numbers, width: float, colour: str = PALE) -> None:
        """Draw bars around ``x``, from the lower edge."""
        starts, ends = self.across(np.subtract(x, width / 2)), self.across(np.add(x, width / 2))
        for a, b, top in zip(starts, ends, self.down(heights), strict=True):
            corners = [(a, self.bottom), (a, top), (b, top), (b, self.bottom)]
            self.canvas.area(np.array(corners), colour)

    def image(self, values: NDArray[Any], limit: float) -> None:
        """Fill it with a picture of numbers ``(rows, columns)``, red where above 0 and blue where below."""
        self.canvas.picture(shades(values, -limit, limit, "RdBu_r"), (self.left, self.top, self.right, self.bottom))

    def upright(self, x: float) -> None:
        """Mark a number on the horizontal axis from top to bottom."""
        across = float(self.across(x))
        self.canvas.dashes((across, self.top), (across, self.bottom), INK, 0.8, 1.8)

    def level(self, y: float) -> None:
        """Mark a number on the vertical axis from side to side."""
        down = float(self.down(y))
        self.canvas.line(np.array([(self.left, down), (self.right, down)]), PALE, 0.6)

    def edge(self) -> None:
        """Draw its outline."""
        (left, right), (top, bottom) = (self.left, self.right), (self.top, self.bottom)
        corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        self.canvas.line(np.array(corners), FAINT, 0.8)

    def xtick(self, x: float, text: str) -> None:
        """Write below a number of the horizontal axis."""
        self.canvas.letters(float(self.across(x)), self.bottom + 4, text, PALE, 9.5, "ma")

    def ytick(self, y: float, text: str, colour: str = PALE) -> None:
        """Write to the left of a number of the vertical axis."""
        self.canvas.letters(self.left - 4, float(self.down(y)), text, colour, 9.5, "rm")

    def heading(self, title: str, more: str = "") -> None:
        """Write above it, at most two lines."""
        shown = title if len(title) <= LONGEST else f"{title[: LONGEST - 1]}…"
        self.canvas.letters(self.left, self.top - 16, shown, INK, 11.5, "ld", bold=True)
        self.canvas.letters(self.left, self.top - 4, more, PALE, 9.5, "ld")

    def annotate(self, text: str) -> None:
        """Write in its middle: there is nothing to show."""
        middle = (self.left + self.right) / 2, (self.top + self.bottom) / 2
        self.canvas.letters(*middle, text, PALE, 12.5, "mm")

    def _points(self, x: Numbers, y: Numbers) -> Points:
        return np.stack([self.across(x), self.down(y)], axis=1)


class SmallMultiples:
    """A title, and below it as many panels as there are things to show."""

    def __init__(self, panels: int, title: str, explanation: str = ""):
        self._columns = min(COLUMNS, max(math.ceil(math.sqrt(panels)), 2))
        rows = math.ceil(panels / self._columns)
        lines = textwrap.wrap(explanation, int((self._columns * WIDE - LEFT - RIGHT) / LETTER))
        head = Canvas(self._columns * WIDE, HEAD + LEADING * len(lines))
        head.letters(LEFT, 18, title, INK, 15, "lm", bold=True)
        for i, line in enumerate(lines):
            head.letters(LEFT, 35 + LEADING * i, line, PALE, 10.5, "lm")
        self._canvas, self._panel = Canvas(WIDE, HIGH), -1
        (self._across, self._down), self._head = self._canvas.size, head.size[1]
        size = self._columns * self._across, self._head + max(rows, 1) * self._down
        self._sheet = Image.new("RGB", size, PAPER)
        self._sheet.paste(head.take(), (0, 0))

    def panel(self, number: int) -> Frame:
        """Return the place of a panel, counted from 0, row by row. The one before it is then complete."""
        # All are drawn on the same piece of paper, which stays in the processor's cache.
        self._lay_down()
        self._panel = number
        return Frame(self._canvas, LEFT, WIDE - RIGHT, TOP, HIGH - BOTTOM)

    def picture(self) -> Image.Image:
        """Return the sheet, in few colours."""
        self._lay_down()
        return quantize(self._sheet, tones())

    def _lay_down(self) -> None:
        """Lay the panel that was being drawn down on the sheet."""
        if self._panel >= 0:
            row, column = divmod(self._panel, self._columns)
            self._sheet.paste(self._canvas.take(), (column * self._across, self._head + row * self._down))
            self._panel = -1
