"""Drive reduction: what is paid is the published formula, and both controls fail."""

from __future__ import annotations

import numpy as np
import pytest

from dualbrain.lab.verdict import Verdict, judge
from experiments.bodies import drive_reduction


def published(state: float) -> float:
    """Return ``D(H) - D(H + 2)`` in the paper's units."""
    return float(abs(200.0 - state) ** (4 / 3) - abs(198.0 - state) ** (4 / 3))


def test_rewards_are_those_of_the_paper() -> None:
    paid = drive_reduction.run(0)["intact"]["reward"]
    expected = [published(state) / published(100.0) for state in np.arange(100.0, 302.0, 2.0)]
    assert paid == pytest.approx(expected, abs=1e-4)


def test_what_is_left_near_the_set_point() -> None:
    left = drive_reduction.run(0)["intact"]["left"]
    assert left == pytest.approx((10 ** (4 / 3) - 8 ** (4 / 3)) / (100 ** (4 / 3) - 98 ** (4 / 3)), abs=1e-4)


def test_a_constant_worth_rewards_everywhere_and_a_linear_drive_up_to_the_set_point() -> None:
    made = drive_reduction.run(0)
    assert made["constant worth"]["reward"] == pytest.approx([1.0] * 101)
    assert made["linear drive"]["reward"] == pytest.approx([1.0] * 50 + [-1.0] * 51, abs=1e-3)


def test_it_passes_and_both_controls_fail() -> None:
    experiment = drive_reduction.DRIVE_REDUCTION
    judgement = judge(experiment, experiment.found([experiment.outcome(seed, 0) for seed in range(3)]))
    assert judgement.verdict is Verdict.PASS
    assert judgement.failed_controls == experiment.controls
