"""Tabulate a comparison: each measure of each condition over seeds, and its difference to the first condition."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rich.table import Column, Table

from dualbrain.compare.intervals import Interval, bootstrap_interval, difference
from dualbrain.compare.outcome import LENGTH, SCORE, Outcome

Outcomes = Mapping[str, Mapping[int, Outcome]]
"""By condition and seed."""
ROUNDING = 1e-12
"""What is smaller, in size, is an error of rounding."""
TITLES = {SCORE: "world's score", LENGTH: "length"}
NOTE = (
    "Means over seeds of means over fresh episodes, with 95 % percentile bootstrap intervals over seeds; a difference "
    "in bold has an interval without 0. Of many intervals some miss by chance, and of few seeds they are too narrow."
)


@dataclass(frozen=True)
class Row:
    """One measure of one condition."""

    measure: str
    condition: str
    mean: Interval
    difference: Interval | None
    """To the first condition; None for that itself."""

    @property
    def differs(self) -> bool:
        """Whether the interval of the difference is without 0."""
        return self.difference is not None and self.difference.excludes_zero

    @property
    def cells(self) -> tuple[str, str]:
        """Mean and difference, written out."""
        return write(self.mean), "" if self.difference is None else write(self.difference, "+")


def compare(outcomes: Outcomes) -> list[Row]:
    """Return the rows of all measures that every outcome has, the conditions of a measure one after another."""
    first = next(iter(outcomes))
    rows = []
    for measure in measures_of(outcomes):
        samples = {name: _sample(runs, measure) for name, runs in outcomes.items()}
        for name, sample in samples.items():
            gap = None if name == first else bootstrap_interval(difference, samples[first], sample)
            rows.append(Row(measure, name, bootstrap_interval(np.mean, sample), gap))
    return rows


def measures_of(outcomes: Outcomes) -> list[str]:
    """Return the measures that all outcomes have, in order."""
    first, *others = [outcome for runs in outcomes.values() for outcome in runs.values()]
    return [name for name in first.measures if all(name in other.measures for other in others)]


def _sample(runs: Mapping[int, Outcome], measure: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([outcome.measures[measure] for outcome in runs.values()], np.float64)


def write(interval: Interval, sign: str = "") -> str:
    """Write a statistic with its interval, or why it has none; what is only rounding counts as 0.

    >>> write(Interval(2.0, 1.5, 2.5), "+"), write(Interval(2.0)), write(Interval(1e-16, 0.0, 2e-16))
    ('+2 (+1.5 to +2.5)', '2 (one seed)', '0 (0 to 0)')
    >>> write(Interval(math.nan))
    '-'
    """
    if not math.isfinite(interval.value):
        return "-"
    value, low, high = (_figure(number, sign) for number in (interval.value, interval.low, interval.high))
    if interval.varies:
        return f"{value} ({low} to {high})"
    return f"{value} (all equal)" if interval.known else f"{value} (one seed)"


def _figure(value: float, sign: str) -> str:
    if not math.isfinite(value):
        return "-"
    if abs(value) < ROUNDING:
        return "0"
    return f"{value:{sign},.0f}" if abs(value) >= 1000 else f"{value:{sign}z.3g}"


def title(measure: str, counted: Sequence[str]) -> str:
    """Say what a measure is.

    >>> title("score", []), title("ate", ["ate"]), title("energy", ["ate"])
    ("world's score", 'ate, times', 'energy, mean')
    """
    return TITLES.get(measure) or f"{measure}, {'times' if measure in counted else 'mean'}"


def counted_in(outcomes: Outcomes) -> list[str]:
    """Return the measures that are counts of events."""
    return next(iter(next(iter(outcomes.values())).values())).counted


def headings(outcomes: Outcomes) -> tuple[str, str, str, str]:
    """Return what stands above the columns of a comparison."""
    return "in an episode", "condition", "mean (95 %)", f"more than {next(iter(outcomes))} (95 %)"


def _titled(outcomes: Outcomes) -> Iterator[tuple[str, Row]]:
    """Give each row with the title of its measure, which is "" below a row of the same."""
    counted, measure = counted_in(outcomes), ""
    for row in compare(outcomes):
        yield title(row.measure, counted) if row.measure != measure else "", row
        measure = row.measure


def rich_table(outcomes: Outcomes) -> Table:
    """Lay out a comparison for the terminal."""
    name, *others = headings(outcomes)
    table = Table(Column(name, no_wrap=True), others[0], title="Behaviour", title_justify="left")
    for number in others[1:]:
        table.add_column(number, justify="right")
    for measure, row in _titled(outcomes):
        if measure and table.row_count:
            table.add_section()
        mean, gap = row.cells
        table.add_row(measure, row.condition, mean, f"[bold]{gap}" if row.differs else gap)
    return table


def markdown(outcomes: Outcomes) -> str:
    """Lay out a comparison in Markdown."""
    lines = [f"| {' | '.join(headings(outcomes))} |", "|---|---|---:|---:|"]
    for measure, row in _titled(outcomes):
        mean, gap = row.cells
        lines.append(f"| {measure} | {row.condition} | {mean} | {f'**{gap}**' if row.differs else gap} |")
    return "\n".join(lines)


def alarms(outcomes: Outcomes) -> list[str]:
    """Return what was alarming in training, run by run."""
    return [
        f"{condition}, seed {seed}, {alarm}"
        for condition, runs in outcomes.items()
        for seed, outcome in runs.items()
        for alarm in outcome.alarms
    ]


def shortfalls(outcomes: Outcomes) -> list[str]:
    """Return the runs that did not do all of their steps: how far each came, and what ended it."""
    return [
        f"{condition}, seed {seed}: {outcome.ended}"
        for condition, runs in outcomes.items()
        for seed, outcome in runs.items()
        if outcome.ended
    ]


def reservations(outcomes: Outcomes) -> list[str]:
    """Return the runs with episodes that were cut off or not played: how many."""
    return [
        f"{condition}, seed {seed}: {outcome.reservations}"
        for condition, runs in outcomes.items()
        for seed, outcome in runs.items()
        if outcome.reservations
    ]


def as_csv(outcomes: Outcomes) -> str:
    """Write one row per condition and seed, with every measure in full."""
    measures = measures_of(outcomes)
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["condition", "seed", *measures])
    for condition, runs in outcomes.items():
        for seed, outcome in runs.items():
            rows.writerow([condition, seed, *(repr(outcome.measures[name]) for name in measures)])
    return text.getvalue()
