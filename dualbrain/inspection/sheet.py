"""Small multiples on one sheet, drawn in pixels on a single pair of axes: more of them take matplotlib long."""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, PALE, FAINT, PAPER = "#1f2933", "#7b8794", "#e4e7eb", "#ffffff"
BLUE, ORANGE = "#2364aa", "#e4572e"
COLUMNS = 4
WIDE, HIGH = 250, 190
"""Pixels that a panel takes, its margins included,"""
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 34, 24
"""and those margins."""
HEAD, LEADING = 30, 13
"""Pixels above the panels, for the title, and for each line that explains."""
LETTER = 5.6
"""Pixels that a letter of these lines takes at most, on average."""
SHARPNESS = 1.25
"""Pixels in the file for each of these."""
COLOURS = 96
"""Colours in the file: it is a fifth as large as with all of them."""
LONGEST = 34
"""Letters for which a panel's title has room."""

Numbers = NDArray[Any] | Sequence[float]


@dataclass(frozen=True)
class Frame:
    """A rectangle of the sheet in which numbers are shown."""

    axes: Axes
    left: float
    right: float
    top: float
    bottom: float
    """In pixels from the sheet's upper left corner."""
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

    def line(self, x: Numbers, y: Numbers, colour: str = BLUE, width: float = 1.6, **style: Any) -> None:
        """Draw a line; NaN breaks it."""
        self.axes.plot(self.across(x), self.down(y), color=colour, linewidth=width, **style)

    def band(self, x: Numbers, low: Numbers, high: Numbers, colour: str = BLUE, strength: float = 0.22) -> None:
        """Fill what is between two lines; NaN leaves it open."""
        there = np.isfinite(low) & np.isfinite(high)
        across, low, high = self.across(x)[there], self.down(low)[there], self.down(high)[there]
        outline = np.concatenate([np.stack([across, low], 1), np.stack([across, high], 1)[::-1]])
        self._fill([outline], colour, strength)

    def bars(self, x: Numbers, heights: Numbers, width: float, colour: str = PALE) -> None:
        """Draw bars around ``x``, from the lower edge."""
        sides = zip(self.across(np.subtract(x, width / 2)), self.across(np.add(x, width / 2)), strict=True)
        edges = zip(sides, self.down(heights), strict=True)
        self._fill([[(a, self.bottom), (a, top), (b, top), (b, self.bottom)] for (a, b), top in edges], colour, 1.0)

    def _fill(self, outlines: Sequence[Any], colour: str, strength: float) -> None:
        from matplotlib.collections import PolyCollection

        filled = PolyCollection(outlines, facecolors=colour, alpha=strength, linewidths=0)
        self.axes.add_collection(filled, autolim=False)

    def image(self, values: NDArray[Any], limit: float) -> None:
        """Fill it with a picture of numbers ``(rows, columns)``, red where above 0 and blue where below."""
        self.axes.imshow(
            np.ma.masked_invalid(values),
            cmap="RdBu_r",
            vmin=-limit,
            vmax=limit,
            extent=(self.left, self.right, self.bottom, self.top),
            aspect="auto",
            interpolation="nearest",
        )

    def upright(self, x: float) -> None:
        """Mark a number on the horizontal axis from top to bottom."""
        self.axes.plot(self.across([x, x]), [self.top, self.bottom], color=INK, linewidth=0.8, linestyle=(0, (2, 2)))

    def level(self, y: float) -> None:
        """Mark a number on the vertical axis from side to side."""
        self.axes.plot([self.left, self.right], self.down([y, y]), color=PALE, linewidth=0.6)

    def edge(self) -> None:
        """Draw its outline."""
        x, y = [self.left, self.right], [self.top, self.bottom]
        self.axes.plot([*x, *x[::-1], x[0]], [y[0], y[0], y[1], y[1], y[0]], color=FAINT, linewidth=0.8)

    def below(self, x: float, text: str) -> None:
        """Write below a number of the horizontal axis."""
        self._write(float(self.across(x)), self.bottom + 4, text, PALE, 7, ha="center", va="top")

    def beside(self, y: float, text: str, colour: str = PALE) -> None:
        """Write to the left of a number of the vertical axis."""
        self._write(self.left - 4, float(self.down(y)), text, colour, 7, ha="right", va="center")

    def heading(self, title: str, more: str = "") -> None:
        """Write above it, at most two lines."""
        shown = title if len(title) <= LONGEST else f"{title[: LONGEST - 1]}…"
        self._write(self.left, self.top - 17, shown, INK, 8.5, va="bottom", weight="bold")
        self._write(self.left, self.top - 5, more, PALE, 7, va="bottom")

    def say(self, text: str) -> None:
        """Write in its middle: there is nothing to show."""
        middle = (self.left + self.right) / 2, (self.top + self.bottom) / 2
        self._write(*middle, text, PALE, 9, ha="center", va="center", style="italic")

    def _write(self, x: float, y: float, text: str, colour: str, size: float, **style: Any) -> None:
        self.axes.text(x, y, text, color=colour, fontsize=size, **style)


class Sheet:
    """A title, and below it as many panels as there are things to show."""

    def __init__(self, panels: int, title: str, explanation: str = ""):
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self._columns = min(COLUMNS, max(math.ceil(math.sqrt(panels)), 2))
        rows = math.ceil(panels / self._columns)
        lines = textwrap.wrap(explanation, int((self._columns * WIDE - LEFT - RIGHT) / LETTER))
        self._head = HEAD + LEADING * len(lines)
        width, height = self._columns * WIDE, self._head + max(rows, 1) * HIGH
        figure = Figure(figsize=(width / 100, height / 100), dpi=100 * SHARPNESS, facecolor=PAPER)
        self._canvas = FigureCanvasAgg(figure)
        self.axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self.axes.set_axis_off()
        self.axes.set_autoscale_on(False)
        self.axes.set(xlim=(0, width), ylim=(height, 0))
        self.axes.text(LEFT, 18, title, color=INK, fontsize=11, weight="bold", va="center")
        for i, line in enumerate(lines):
            self.axes.text(LEFT, 35 + LEADING * i, line, color=PALE, fontsize=7.5, va="center")

    def panel(self, number: int) -> Frame:
        """Return the place of a panel, counted from 0, row by row."""
        row, column = divmod(number, self._columns)
        left, top = column * WIDE, self._head + row * HIGH
        return Frame(self.axes, left + LEFT, left + WIDE - RIGHT, top + TOP, top + HIGH - BOTTOM)

    def png(self) -> bytes:
        """Return the sheet as a PNG file."""
        from PIL import Image

        self.axes.set_aspect("auto")
        self._canvas.draw()  # type: ignore[no-untyped-call]
        pixels = np.asarray(self._canvas.buffer_rgba())  # type: ignore[no-untyped-call]
        drawn, file = Image.fromarray(pixels).convert("RGB"), io.BytesIO()
        few = drawn.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(file, "PNG")
        return file.getvalue()
