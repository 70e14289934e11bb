"""What inspection costs: the parts of a rollout, and the share of a run that follows from them."""

from __future__ import annotations

import pytest

from benchmarks.inspection import Cost, measure, report

QUICK = {"n_steps": 16, "batch_size": 64, "n_epochs": 1}


def test_panel_and_pictures_are_parts_of_a_run():
    cost = measure(8, QUICK)
    assert cost.steps == 128
    assert min(cost.panel, cost.gallery, cost.training) > 0.0


def test_pictures_cost_the_same_however_long_the_run():
    cost = Cost(panel=0.01, gallery=0.5, training=1.0, steps=100)
    assert cost.share(100_000) == pytest.approx(0.01 + 0.5 / 1000)
    assert cost.share(500) == pytest.approx(0.01 + 0.5 / 5)


def test_the_report_says_what_is_kept():
    assert "at most 5%: kept" in report(Cost(0.01, 0.5, 1.0, 10_000))
    assert "at most 5%: MISSED" in report(Cost(0.06, 0.5, 1.0, 10_000))
