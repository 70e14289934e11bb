"""What a comparison comes to, on outcomes written by hand."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from dualbrain.compare import intervals
from dualbrain.compare.curves import curve_of, draw
from dualbrain.compare.intervals import bootstrap_interval, difference
from dualbrain.compare.outcome import Outcome, read_outcome, write_outcome
from dualbrain.compare.table import alarms, as_csv, compare, markdown, reservations, shortfalls


def outcome(score: float, ate: float = 1.0, **others: object) -> Outcome:
    return Outcome(10, 0, {"score": score, "length": 5.0, "ate": ate}, ["ate"], **others)  # type: ignore[arg-type]


def study(*scores: tuple[float, ...]) -> dict[str, dict[int, Outcome]]:
    return {name: {i: outcome(one) for i, one in enumerate(each)} for name, each in zip("abc", scores, strict=False)}


def test_means_and_differences_have_intervals():
    first, second, *_ = compare(study((1.0, 2.0, 3.0, 4.0), (11.0, 12.0, 13.0, 14.0)))
    assert (first.measure, first.condition, first.difference) == ("score", "a", None)
    assert second.difference is not None
    assert (second.mean.value, second.difference.value) == (12.5, 10.0)
    assert 1.0 <= first.mean.low < 2.5 < first.mean.high <= 4.0
    assert 8.0 < second.difference.low < 10.0 < second.difference.high < 12.0
    assert second.difference.excludes_zero


def test_a_table_says_why_there_is_no_interval():
    text = markdown(study((1.0,), (2.0,)))
    assert "| world's score | a | 1 (one seed) |  |" in text
    assert "|  | b | 2 (one seed) | +1 (one seed) |" in text
    assert "| ate, times | a | 1 (one seed) |" in text
    assert "| length | a | 5 (all equal) |  |" in markdown(study((1.0, 2.0)))


def test_only_differences_without_zero_are_bold():
    text = markdown(study((1.0, 2.0, 3.0), (1.1, 2.1, 3.0), (8.0, 8.5, 9.0)))
    lines = [line for line in text.splitlines() if "**" in line]
    assert len(lines) == 1
    assert lines[0].startswith("|  | c |")


def test_conditions_may_have_other_numbers_of_seeds():
    rows = compare(study((1.0, 2.0), (1.0, 2.0, 3.0), (4.0,)))
    assert [row.difference is not None and row.difference.known for row in rows[:3]] == [False, True, False]


def test_the_csv_has_a_row_per_seed_in_full():
    rows = list(csv.DictReader(as_csv(study((1.0, 1 / 3), (2.0, 3.0))).splitlines()))
    assert [(row["condition"], row["seed"]) for row in rows] == [("a", "0"), ("a", "1"), ("b", "0"), ("b", "1")]
    assert float(rows[1]["score"]) == 1 / 3


def test_alarms_are_told_run_by_run():
    runs = {"a": {0: outcome(1.0), 3: outcome(1.0, alarms=["step 9: thoughts pay more than evidence"])}}
    assert alarms(runs) == ["a, seed 3, step 9: thoughts pay more than evidence"]


def test_runs_that_fell_short_are_named():
    ended = "512 of 1,000 steps: the time limit of 2 s ended training"
    assert shortfalls({"a": {0: outcome(1.0), 3: outcome(1.0, ended=ended)}}) == [f"a, seed 3: {ended}"]


def test_runs_whose_episodes_did_not_end_are_named():
    said = "2 of 5 episodes did not end and were cut off after 10,000 steps"
    runs = {"a": {0: outcome(1.0), 3: outcome(1.0, ended="late", reservations=said)}}
    assert reservations(runs) == [f"a, seed 3: {said}"]


def test_the_interval_covers_the_truth_as_often_as_it_says(monkeypatch):
    """About 95 % for many members; for five it is too narrow, as the note below the table says."""
    monkeypatch.setattr(intervals, "RESAMPLES", 1000)
    rng = np.random.default_rng(1)
    covered = {}
    for n in (5, 40):
        found = [bootstrap_interval(np.mean, sample) for sample in rng.normal(0.0, 1.0, (500, n))]
        covered[n] = sum(each.low <= 0.0 <= each.high for each in found) / 500
    assert 0.91 < covered[40] < 0.97
    assert 0.78 < covered[5] < 0.90


def test_intervals_can_be_had_again():
    samples = np.array([1.0, 2.0, 5.0]), np.array([2.0, 2.5])
    assert bootstrap_interval(difference, *samples) == bootstrap_interval(difference, *samples)


def test_outcomes_survive_the_disk(tmp_path):
    one = outcome(0.1, curve=[[10, 0.5, 1.5]], shares={"a.x": 1.0})
    write_outcome(tmp_path / "o.json", one)
    assert read_outcome(tmp_path / "o.json") == one
    assert read_outcome(tmp_path / "none.json") is None


def test_curves_run_over_the_steps_that_all_seeds_know():
    runs = {0: outcome(0, curve=[[10, 0, 0], [30, 0, 4]]), 1: outcome(0, curve=[[20, 0, 4], [40, 0, 8]])}
    curve = curve_of(runs)
    assert curve is not None
    assert (curve.steps[0], curve.steps[-1]) == (20, 30)
    assert curve.mean[0] == pytest.approx((2 + 4) / 2)
    assert curve.mean[-1] == pytest.approx((4 + 6) / 2)
    assert (curve.low <= curve.mean).all()
    assert (curve.mean <= curve.high).all()


def test_curves_are_drawn_where_there_are_any():
    picture = draw({"a": {0: outcome(0, curve=[[10, 0, 0], [30, 0, 4]])}, "b": {0: outcome(0)}}, "World")
    assert picture is not None
    assert picture.startswith(b"\x89PNG")
    assert draw({"b": {0: outcome(0)}}, "World") is None
