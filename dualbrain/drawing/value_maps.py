"""Draw value maps: the predictions of every head and of the critic on each cell of one world, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dualbrain.drawing.colours import BLANK, colormap, palette_of, quantize, shades
from dualbrain.drawing.text import write
from dualbrain.steering.signal import Signal
from dualbrain.worlds.state_map import StateMap

SIDE = 168
"""Pixels of a map's longer side, about."""
GAP, HEAD, BAR, FOOT = 18, 38, 8, 24
"""Pixels between tiles; above a map; of the colour bar; from the map's lower edge to that of the bar's numbers."""
ACROSS = 6
"""Most columns; the rest goes below."""
INK, PALE, PAPER = (44, 44, 52), (124, 124, 136), (255, 255, 255)
COLOURS = 56
"""Colours of the world's own picture."""
LEAST = 0.02
"""Least share of a signal's range that a colour bar spans, so that tiny differences do not show."""

Grid = NDArray[np.float32]


@dataclass(frozen=True)
class Tile:
    """One map with its colour bar, or the picture of the world."""

    title: str
    below: str
    """A second line, pale."""
    grid: Grid | None = None
    """(H, W); NaN where there is no place. None for the picture."""
    span: float = 0.0
    """Least span of the colour bar."""


def draw_maps(ground: StateMap, expected: Mapping[str, Any], signals: Mapping[str, Signal]) -> Image.Image:
    """Draw what is ``expected`` of the observations of ``ground``: see `BrainPolicy.assess`.

    The world and, below it, the critic come first; then a column per signal, soon above and in the long run below.
    """
    valence = Tile("valence", "the critic's value of the reward", over(ground, expected["valence"]))
    columns = [(Tile("the world", "as its episode begins"), valence)]
    for name, signal in signals.items():
        if name in expected["short"]:
            columns.append(_column(ground, expected, name, signal))
    return _page(ground, columns)


def _column(ground: StateMap, expected: Mapping[str, Any], name: str, signal: Signal) -> tuple[Tile, Tile]:
    span = LEAST * (signal.high - signal.low) if np.isfinite(signal.high - signal.low) else 0.0
    soon = f"short: within {signal.horizon} steps"
    short = Tile(name, soon, over(ground, expected["short"][name]), span)
    return short, Tile(name, "long: discounted sum", over(ground, expected["long"][name]), span)


def over(ground: StateMap, values: NDArray[Any]) -> Grid:
    """Lay values ``(P,)`` out as ``(H, W)``: the mean where several places are on one cell, NaN where none is.

    >>> ground = StateMap(None, np.array([[0, 0], [0, 0], [1, 1]]), (2, 2))
    >>> over(ground, np.array([1.0, 3.0, 5.0])).tolist()
    [[2.0, nan], [nan, 5.0]]
    """
    where = np.ravel_multi_index((ground.cells[:, 0], ground.cells[:, 1]), ground.shape)
    size = ground.shape[0] * ground.shape[1]
    sums, counts = np.bincount(where, values, size), np.bincount(where, minlength=size)
    means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return means.reshape(ground.shape).astype(np.float32)


def _page(ground: StateMap, columns: list[tuple[Tile, Tile]]) -> Image.Image:
    cell = max(1, SIDE // max(ground.shape))
    width, height = max(cell * ground.shape[1], 132), cell * ground.shape[0]
    across = min(len(columns), ACROSS)
    down = 2 * -(-len(columns) // across)
    tall = HEAD + height + FOOT + GAP
    page = Image.new("RGB", (across * (width + GAP) + GAP, down * tall + GAP), PAPER)
    for k, column in enumerate(columns):
        for row, tile in enumerate(column):
            left, top = GAP + k % across * (width + GAP), GAP // 2 + (2 * (k // across) + row) * tall
            _draw(page, left, top, tile, ground, cell)
    return quantize(page, _tones(ground))


def _tones(ground: StateMap) -> NDArray[np.uint8]:
    """Return the colours ``(n, 3)`` of a page: the ramps, greys of letters, and what the world's picture needs most."""
    own = palette_of(ground.picture[::3, ::3], COLOURS) if ground.picture is not None else np.zeros((0, 3))
    greys = np.linspace(INK, PAPER, 24)
    return (
        np.concatenate([colormap("viridis")[::3], colormap("RdBu")[::3], greys, [BLANK], own]).round().astype(np.uint8)
    )


def _draw(page: Image.Image, left: int, top: int, tile: Tile, ground: StateMap, cell: int) -> None:
    size = (cell * ground.shape[1], cell * ground.shape[0])
    write(page, (left, top), tile.title, INK, 14)
    write(page, (left, top + 18), tile.below, PALE, 11)
    if tile.grid is None:
        _draw_world(page, (left, top + HEAD), size, ground)
        return
    low, high, colours = _scale(tile.grid, tile.span)
    grid = Image.fromarray(shades(tile.grid, low, high, colours))
    page.paste(grid.resize(size, Image.Resampling.NEAREST), (left, top + HEAD))
    bar = colormap(colours)[None, :].repeat(BAR, axis=0)
    under = top + HEAD + size[1] + 5
    page.paste(Image.fromarray(bar).resize((size[0], BAR)), (left, under))
    write(page, (left, under + BAR + 2), f"{low:.3g}", PALE, 11)
    write(page, (left + size[0], under + BAR + 2), f"{high:.3g}", PALE, 11, "ra")


def _draw_world(page: Image.Image, corner: tuple[int, int], size: tuple[int, int], ground: StateMap) -> None:
    if ground.picture is None:
        page.paste(BLANK, (*corner, corner[0] + size[0], corner[1] + size[1]))
        write(page, (corner[0] + 8, corner[1] + 8), "no picture", PALE, 11)
    else:
        page.paste(Image.fromarray(ground.picture).resize(size, Image.Resampling.BOX), corner)


def _scale(grid: Grid, span: float) -> tuple[float, float, str]:
    """Return the ends of the colour bar, around 0 where there is good and bad, and the name of its colours."""
    low, high = float(np.nanmin(grid)), float(np.nanmax(grid))
    if low < 0.0 < high:
        most = max(-low, high, span / 2)
        return -most, most, "RdBu"
    least = max(span, 0.02 * max(abs(low), abs(high)), 1e-6)
    middle = (low + high) / 2
    if high - low < least:
        low, high = middle - least / 2, middle + least / 2
    return low, high, "viridis"
