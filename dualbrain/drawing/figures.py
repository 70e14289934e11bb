"""Draw the figures of a rollout or a recording: reliability, TD errors around events, and their shift in training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dualbrain.drawing.small_multiples import BLUE, FAINT, ORANGE, Frame, SmallMultiples
from dualbrain.scalars.metrics import Reliability
from dualbrain.scalars.timeline import Average

NO_EVENT = "no event yet"
RASTER = 40
"""Events in a raster; of more, evenly spaced ones are shown."""


@dataclass(frozen=True)
class Judged:
    """The predictions of one [0, 1] signal."""

    reliability: Reliability
    positives: int
    """Windows in which it happened."""


def reliability_figure(signals: Mapping[str, Judged]) -> Image.Image:
    """Draw, by full name, how often what was predicted came, and below it how many windows were so predicted."""
    sheet = SmallMultiples(
        len(signals),
        "Reliability of the short assessors",
        "target (discounted by its delay) against prediction; the nearer to the diagonal the better. "
        "Below: windows per bin, on a logarithmic scale",
    )
    for i, (name, judged) in enumerate(signals.items()):
        panel, found = sheet.panel(i), judged.reliability
        if not judged.positives:
            _nothing(panel, name)
            continue
        windows = int(found.counts.sum())
        panel.heading(name, f"error {found.error:.3f} · in {judged.positives:,} of {windows:,} windows")
        _reliable(panel.part(0.0, 0.76), found)
        _counted(panel.part(0.8, 1.0), found.counts)
    return sheet.picture()


def _reliable(frame: Frame, found: Reliability) -> None:
    frame.edge()
    frame.diagonal()
    filled = found.counts > 0
    frame.dotted(found.predicted[filled], found.came[filled])
    for y in (0, 1):
        frame.ytick(y, f"{y}")


def _counted(frame: Frame, counts: NDArray[np.int64]) -> None:
    bins = len(counts)
    frame = frame.showing((0.0, 1.0), (0.0, float(np.log10(counts.max() + 1))))
    frame.bars((np.arange(bins) + 0.5) / bins, np.log10(counts + 1), 0.8 / bins)
    for x in (0, 0.5, 1):
        frame.xtick(x, f"{x:g}")


@dataclass(frozen=True)
class Around:
    """TD errors around one kind of event."""

    title: str
    about: str
    """Whose dopamine it is, and in which unit."""
    windows: NDArray[np.float32]
    """(E, W) one row per event."""
    average: Average
    before: int
    """How many of the W steps are before the event."""
    total: int
    """How many such events there were; those of the windows are evenly spaced among them."""


def around_figure(found: Sequence[Around], title: str) -> Image.Image:
    """Draw the raster of every event, and below it mean and standard error over events."""
    sheet = SmallMultiples(
        len(found),
        title,
        "above: one row per event, red where better than expected, blue where worse. Below: mean and standard error. "
        "Steps from the event on",
    )
    for i, around in enumerate(found):
        if around.average.events:
            _around(sheet.panel(i), around)
        else:
            _nothing(sheet.panel(i), around.title)
    return sheet.picture()


def _around(panel: Frame, around: Around) -> None:
    count = f"{around.total:,} event{'s' * (around.total != 1)}"
    panel.heading(around.title, f"{around.about} · {count}")
    offsets = np.arange(around.windows.shape[1]) - around.before
    xs = (offsets[0] - 0.5, offsets[-1] + 0.5)
    rows = around.windows[np.linspace(0, len(around.windows) - 1, min(RASTER, len(around.windows))).astype(int)]
    raster = panel.part(0.0, 0.46).showing(xs, (0.0, 1.0))
    raster.image(rows, _limit(rows))
    raster.edge()
    raster.upright(0.0)
    mean, sem = around.average.mean, np.nan_to_num(around.average.sem)
    curve = panel.part(0.52, 1.0).showing(xs, _span(mean - sem, mean + sem))
    curve.edge()
    curve.level(0.0)
    curve.upright(0.0)
    curve.band(offsets, mean - sem, mean + sem)
    curve.line(offsets, mean)
    _scale(curve, (int(offsets[0]), 0, int(offsets[-1])))


def _scale(frame: Frame, steps: Sequence[int]) -> None:
    for x in steps:
        frame.xtick(x, f"{x:+d}" if x else "0")
    for y in frame.ys:
        frame.ytick(y, f"{y:.2g}")


def _limit(values: NDArray[np.float32]) -> float:
    """Return from which size on a number is shown in full colour: the largest few are, unless the rest is tiny."""
    sizes = np.abs(values[~np.isnan(values)])
    return max(float(np.quantile(sizes, 0.98)), 0.3 * float(sizes.max())) or 1.0


def _span(low: NDArray[np.float64], high: NDArray[np.float64]) -> tuple[float, float]:
    """Return a range for both, with 0 in it."""
    least, most = min(float(np.nanmin(low)), 0.0), max(float(np.nanmax(high)), 0.0)
    return (least, most) if most > least else (-1.0, 1.0)


@dataclass(frozen=True)
class Shift:
    """Mean TD errors around one kind of event, at several times of training."""

    title: str
    about: str
    steps: Sequence[int]
    """Training steps at which events were there to be averaged, in order;"""
    means: Sequence[NDArray[np.floating[Any]]]
    """(W,) each."""
    before: int


def shift_figure(found: Sequence[Shift], title: str) -> Image.Image:
    """Draw the averages of all times so far one above the other, the earliest on top."""
    sheet = SmallMultiples(
        len(found),
        title,
        "mean TD errors at several times of training, the latest at the bottom; lines of one panel share their scale",
    )
    for i, shift in enumerate(found):
        if shift.means:
            _ridges(sheet.panel(i), shift)
        else:
            _nothing(sheet.panel(i), shift.title)
    return sheet.picture()


def _ridges(panel: Frame, shift: Shift) -> None:
    panel.heading(shift.title, shift.about)
    offsets = np.arange(len(shift.means[0])) - shift.before
    tallest = max(float(np.nanmax(np.abs(mean))) for mean in shift.means) or 1.0
    lines = len(shift.means)
    frame = panel.showing((offsets[0] - 0.5, offsets[-1] + 0.5), (0.0, float(lines)))
    frame.edge()
    frame.upright(0.0)
    for row, (step, mean) in enumerate(zip(shift.steps, shift.means, strict=True)):
        ground = lines - row - 0.65
        ridge = ground + mean / tallest * 0.6
        latest = row == lines - 1
        frame.line(offsets, np.full(len(offsets), ground), FAINT, 0.7)
        frame.band(offsets, np.full(len(offsets), ground), ridge, ORANGE if latest else BLUE, 0.25)
        frame.line(offsets, ridge, ORANGE if latest else BLUE, 1.4 if latest else 1.0)
        frame.ytick(ground, _brief(step))
    for x in (int(offsets[0]), 0, int(offsets[-1])):
        frame.xtick(x, f"{x:+d}" if x else "0")


def _brief(step: int) -> str:
    """Write a training step in few letters.

    >>> _brief(950), _brief(12_345), _brief(2_500_000)
    ('950', '12k', '2.5M')
    """
    if step < 1000:
        return f"{step}"
    return f"{step / 1e3:.3g}k" if step < 10**4 else f"{step / 1e3:.0f}k" if step < 10**6 else f"{step / 1e6:.2g}M"


def _nothing(panel: Frame, title: str) -> None:
    panel.heading(title)
    panel.edge()
    panel.annotate(NO_EVENT)
