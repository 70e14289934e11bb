"""Draw what a world model imagines: scorecards foretold over an episode, and what each word calls up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from dualbrain.drawing.canvas import Canvas, tones
from dualbrain.drawing.colours import quantize
from dualbrain.drawing.small_multiples import BLUE, INK, ORANGE, PALE, Frame, SmallMultiples
from dualbrain.heads.targets import Bools, Floats
from dualbrain.steering.signal import Signal

COLOURS = (BLUE, ORANGE, PALE)
"""Of forecasts, the shortest first."""
CELL_WIDTH, CELL_HEIGHT = 74, 22
"""Pixels of a cell,"""
LEFT, TOP = 110, 86
"""and beside and above them."""
LEAST = 0.1
"""Difference that has half of the full colour at least, in units of a signal's range, where that is finite."""
LONGEST = 12
"""Letters for which a column's title has room in a line."""


@dataclass(frozen=True)
class Foretold:
    """The short predictions of one signal over S steps of an episode."""

    real: Floats
    """(S,) from the thought of each step's observation;"""
    forecasts: Mapping[int, Floats]
    """(S,) from thoughts imagined so many steps before; NaN where it is not known."""
    events: Bools
    """(S,) the truth of the step was known and not 0."""


def foretold_figure(signals: Mapping[str, Foretold]) -> Image.Image:
    """Draw the scorecard of each signal, by full name, and what was imagined of it before."""
    ahead = [f"{k} step{'s' * (k != 1)}" for k in next(iter(signals.values())).forecasts]
    sheet = SmallMultiples(
        len(signals),
        "Imagined scorecards over one episode",
        f"black: the short prediction at each step. Blue, orange, grey: the same as it was imagined {', '.join(ahead)} "
        "before, by the actions that were then taken. Dots: events",
    )
    for i, (name, foretold) in enumerate(signals.items()):
        panel = sheet.panel(i)
        panel.heading(name, f"{np.count_nonzero(foretold.events):,} events")
        _draw_foretold(panel, foretold)
    return sheet.picture()


def _draw_foretold(panel: Frame, foretold: Foretold) -> None:
    lines = np.stack([foretold.real, *foretold.forecasts.values()])
    low, high = min(float(np.nanmin(lines)), 0.0), max(float(np.nanmax(lines)), 0.0)
    steps = np.arange(len(foretold.real))
    frame = panel.showing((0.0, max(len(steps) - 1.0, 1.0)), (low, high if high > low else low + 1.0))
    frame.edge()
    for colour, forecast in reversed([*zip(COLOURS, foretold.forecasts.values(), strict=False)]):
        frame.line(steps, forecast, colour, 1.0)
    frame.line(steps, foretold.real, INK, 1.4)
    events = np.flatnonzero(foretold.events)
    frame.canvas.dots(np.stack([frame.across(events), np.full(len(events), frame.top)], axis=1), INK, 1.6)
    for x in (0, len(steps) - 1):
        frame.xtick(x, f"{x}")
    for y in frame.ys:
        frame.ytick(y, f"{y:.2g}")


def words_figure(words: Sequence[str], signals: Mapping[str, Signal], called_up: Floats) -> Image.Image:
    """Draw the short predictions ``(W, K)`` that W words call up; the first of them is silence.

    Red is more than in silence, blue less; each signal, by full name, has a scale of its own, which is wide enough for
    differences below `LEAST` of its range to be pale.
    """
    canvas = Canvas(LEFT + CELL_WIDTH * max(len(signals), 5), TOP + CELL_HEIGHT * len(words) + 12)
    canvas.letters(12, 16, "What words call up", INK, 15, "lm", bold=True)
    explanation = "short predictions from a word alone, the rest imagined; red: more than in silence"
    canvas.letters(12, 35, explanation, PALE, 10.5, "lm")
    right, bottom = LEFT + CELL_WIDTH * len(signals), TOP + CELL_HEIGHT * len(words)
    frame = Frame(canvas, LEFT, right, TOP, bottom, (0.0, len(signals)), (len(words), 0.0))
    apart = called_up - called_up[0]
    frame.image(apart / [_scale(each, signal) for each, signal in zip(apart.T, signals.values(), strict=True)], 1.0)
    columns, rows = frame.across(np.arange(len(signals)) + 0.5), frame.down(np.arange(len(words)) + 0.5)
    for x, name in zip(columns.tolist(), signals, strict=True):
        _write_above(canvas, x, name)
    for y, word, values in zip(rows.tolist(), words, called_up.tolist(), strict=True):
        canvas.letters(LEFT - 6, y, word, INK, 10.5, "rm")
        for x, value in zip(columns.tolist(), values, strict=True):
            canvas.letters(x, y, f"{value:.3g}", INK, 10.5, "mm")
    return quantize(canvas.take(), tones())


def _scale(apart: Floats, signal: Signal) -> float:
    """Return which difference has the full colour: twice the largest, so that letters on it can be read."""
    least = LEAST * (signal.high - signal.low) if signal.bounded else 0.0
    return 2.0 * max(float(np.abs(apart).max()), least) or 1.0


def _write_above(canvas: Canvas, x: float, name: str) -> None:
    module, _, signal = name.rpartition(".")
    for line, text in enumerate(filter(None, (module, signal))):
        shown = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
        canvas.letters(x, TOP - 24 + 14 * line, shown, PALE if not line else INK, 10, "mm")
