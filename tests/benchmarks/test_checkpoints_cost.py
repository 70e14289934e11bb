"""What checkpoints cost: one of them, and the share of training that follows from it."""

from __future__ import annotations

import pytest

from benchmarks.checkpoints import Cost, measure, report

QUICK = {"n_steps": 16, "batch_size": 64, "n_epochs": 1}
CHEAP = Cost(cpu=0.03, passed=0.05, size=2_000_000, rollout=2.0)


def test_a_checkpoint_is_measured():
    cost = measure(8, QUICK, times=1)
    assert min(cost.cpu, cost.passed, cost.rollout) > 0.0
    assert cost.size > 10_000


def test_no_more_than_one_is_written_in_a_rollout():
    assert CHEAP.share(60.0) == pytest.approx(0.03 / 60)
    assert CHEAP.share(0.1) == pytest.approx(0.03 / 2)


def test_the_report_says_what_is_kept():
    assert "0.050% of training (at most 1%: kept)" in report(CHEAP)
    assert "MISSED" in report(Cost(cpu=1.0, passed=1.0, size=1, rollout=2.0))
