"""What inspection costs: the parts of a rollout, and the share of a run that follows from them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.inspection import Cost, measure, report

QUICK = {"n_steps": 16, "batch_size": 64, "n_epochs": 1}
CHEAP = Cost(scalars=0.008, writing=0.002, pictures=0.5, training=1.0, steps=100, write=1e4, rest=1e6)


def test_panel_and_pictures_are_parts_of_a_run():
    cost = measure(8, QUICK)
    assert cost.steps == 128
    assert min(cost.scalars, cost.writing, cost.pictures, cost.training) > 0.0


@pytest.mark.slow
def test_a_long_run_writes_less_than_what_is_promised():
    cost = measure(8, QUICK)
    assert 10_000 < cost.write < 24_000
    assert cost.size(10**9) < 50_000_000


def test_pictures_cost_the_same_however_long_the_run():
    assert CHEAP.share(100_000) == pytest.approx(0.01 + 0.5 / 1000)
    assert CHEAP.share(500) == pytest.approx(0.01 + 0.5 / 5)


def test_scalars_are_written_so_many_times_at_most():
    assert CHEAP.size(1000) == 10 * 1e4 + 1e6
    assert CHEAP.size(10**6) == CHEAP.size(10**9) == 2000 * 1e4 + 1e6


def test_the_report_says_what_is_kept():
    cost = replace(CHEAP, steps=10_000)
    assert "at most 5%: kept" in report(cost)
    assert "at most 5%: MISSED" in report(replace(cost, scalars=0.06))
    assert "at most 50 MB: kept" in report(cost)
    assert "at most 50 MB: MISSED" in report(replace(cost, write=30e3))
