"""Draw results: curves over trials or steps, and bars beside published values.

Both are callables ``(axes, found)``, so that ``Experiment.figure`` takes them as they are; so does it any function of
one's own. Lines and bars are means over seeds, shades and whiskers their 95 % percentile bootstrap intervals.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import bootstrap

from dualbrain.compare.curves import COLOURS
from dualbrain.compare.intervals import bootstrap_interval
from dualbrain.lab.experiment import Samples, SeedResults

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GREY, FAINT = "#6e6e78", "#b8b8c0"
WIDE = 14
"""Letters of a bar's name in one line."""


@dataclass(frozen=True)
class Curves:
    """Measures that are curves ``(S, P)``: mean over seeds and a 95 % band, a line per condition and measure.

    ``Curves("response")`` draws one line per condition; ``Curves(["cs", "us"], ["intact"])`` one per measure;
    ``Curves("error", x="step", start=-5, events={"CS": 0, "US": 8})`` what surrounds an event.
    """

    measures: str | Sequence[str]
    """One name, or several."""
    conditions: str | Sequence[str] = ()
    """Conditions to draw, in order; (): all that have the measures."""
    x: str = "trial"
    """Name of the horizontal axis;"""
    y: str = ""
    """and of the vertical one, by default the measure's own."""
    events: Mapping[str, float] = field(default_factory=dict)
    """Where dotted lines with names stand, in units of x."""
    start: float = 1.0
    """x of a curve's first point;"""
    step: float = 1.0
    """and how far it is to the next."""
    at: Sequence[float] = ()
    """x of every point, where they do not lie evenly."""

    def __call__(self, axes: Axes, found: SeedResults) -> None:
        """Draw the lines."""
        lines = [*_samples(found, self.measures, self.conditions)]
        for k, (name, sample) in enumerate(lines):
            self._line(axes, name, sample, COLOURS[k % len(COLOURS)])
        for name, at in self.events.items():
            axes.axvline(at, color=GREY, linestyle=":", linewidth=1)
            axes.text(at, 1.0, f" {name}", transform=axes.get_xaxis_transform(), color=GREY, fontsize=8, va="bottom")
        axes.set_xlabel(self.x)
        axes.set_ylabel(self.y or ", ".join(_listed(self.measures)))
        axes.spines[["top", "right"]].set_visible(False)
        if len(lines) > 1:
            axes.legend(frameon=False, fontsize=8)

    def _line(self, axes: Axes, name: str, sample: Samples, colour: str) -> None:
        x = self.at or self.start + self.step * np.arange(sample.shape[1])
        low, high = band(sample)
        axes.plot(x, sample.mean(0), label=name, color=colour)
        axes.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0)


@dataclass(frozen=True)
class Bars:
    """Measures that are numbers ``(S,)``: a bar per condition and measure, with whiskers, and each seed as a dot.

    ``Bars("kept")`` has one bar per condition; ``Bars(["salt", "sucrose"], ["intact"])`` one per measure, named so;
    ``published={"salt": (2.8, 3.8)}`` lays a grey range over the bar of that name, and ``{"salt": 3.3}`` a grey line.
    """

    measures: str | Sequence[str]
    """One name, or several."""
    conditions: str | Sequence[str] = ()
    """Conditions to draw, in order; (): all that have the measures."""
    published: Mapping[str, float | tuple[float, float]] = field(default_factory=dict)
    """By a bar's name, the value or the range that others found."""
    y: str = ""
    """Name of the vertical axis, by default the measure's own."""

    def __call__(self, axes: Axes, found: SeedResults) -> None:
        """Draw the bars."""
        bars = [*_samples(found, self.measures, self.conditions)]
        for at, (name, sample) in enumerate(bars):
            _bar(axes, at, sample, COLOURS[at % len(COLOURS)])
            if name in self.published:
                _beside(axes, at, self.published[name])
        axes.axhline(0.0, color=GREY, linewidth=0.8)
        axes.set_xticks(range(len(bars)), ["\n".join(textwrap.wrap(name, WIDE)) for name, _ in bars], fontsize=8)
        axes.set_ylabel(self.y or ", ".join(_listed(self.measures)))
        axes.spines[["top", "right"]].set_visible(False)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(frameon=False, fontsize=8)


def _bar(axes: Axes, at: float, sample: Samples, colour: str) -> None:
    mean = bootstrap_interval(np.mean, sample)
    axes.bar(at, mean.value, width=0.6, color=colour, alpha=0.75)
    if mean.known:
        axes.plot([at, at], [mean.low, mean.high], color="black", linewidth=1.2)
    spread = np.linspace(-0.18, 0.18, len(sample)) if len(sample) > 1 else np.zeros(1)
    axes.plot(at + spread, sample, ".", color=GREY, markersize=3)


def _beside(axes: Axes, at: float, value: float | tuple[float, float]) -> None:
    """Draw the published value over a bar; the legend names the first one only."""
    label = "" if axes.get_legend_handles_labels()[0] else "published"
    low, high = value if isinstance(value, tuple) else (value, value)
    axes.bar(at, high - low, bottom=low, width=0.86, color=FAINT, edgecolor=GREY, alpha=0.5, label=label, zorder=3)


def band(sample: Samples) -> tuple[Samples, Samples]:
    """Return the 95 % percentile bootstrap interval of the mean over seeds, for curves ``(S, P)``: two of ``(P,)``."""
    mean = sample.mean(0)
    if len(sample) < 2 or not np.ptp(sample, axis=0).any():
        return mean, mean
    rng = np.random.default_rng(0)
    drawn = bootstrap((sample,), np.mean, axis=0, method="percentile", n_resamples=1000, vectorized=True, rng=rng)
    low, high = drawn.confidence_interval
    return low, high


def _listed(names: str | Sequence[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _samples(
    found: SeedResults, measures: str | Sequence[str], conditions: str | Sequence[str]
) -> Iterator[tuple[str, Samples]]:
    """Yield what is to be drawn, by the shortest unique name."""
    wanted = _listed(measures)
    there = [name for name in _listed(conditions) or found if any(measure in found[name] for measure in wanted)]
    for condition in there:
        for measure in wanted:
            if measure in found[condition]:
                yield _name(condition, measure, len(there) > 1, len(wanted) > 1), found[condition][measure]


def _name(condition: str, measure: str, several_conditions: bool, several_measures: bool) -> str:
    if several_conditions and several_measures:
        return f"{measure}, {condition}"
    return measure if several_measures else condition
