"""The table of what novelty contributes: judged by hand, and no run is made twice."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks import cached_runs as seeds
from benchmarks.novelty import Outcome, judge, outcome, table


def test_a_run_is_solved_at_the_first_evaluation_that_is_good_enough():
    assert judge(np.array([5, 10, 15]), np.array([0.1, 0.92, 0.88])) == Outcome(10.0, 0.88)
    assert judge(np.array([5, 10]), np.array([0.1, 0.2])) == Outcome(math.inf, 0.2)


def test_a_run_that_was_never_solved_counts_as_its_length():
    alone, curious = [Outcome(math.inf, 0.0), Outcome(8000.0, 1.0)], [Outcome(2000.0, 1.0), Outcome(2000.0, 1.0)]
    _, _, first, second, difference = table([alone, curious], 10_000).splitlines()
    assert first == "| `extrinsic` | 9,000 (8,000 to 10,000) | inf, 8 | 1 of 2 | 0.500 (0.000 to 1.000) |"
    assert second == "| `extrinsic,novelty` | 2,000 (2,000 to 2,000) | 2, 2 | 2 of 2 | 1.000 (1.000 to 1.000) |"
    assert difference == "| difference | -7,000 (-8,000 to -6,000) | | | 0.500 (0.000 to 1.000) |"


@pytest.mark.slow
def test_a_finished_run_is_not_made_again(tmp_path, monkeypatch: pytest.MonkeyPatch):
    made = outcome("extrinsic", 0, 100, tmp_path)
    assert made.final < 0.9
    monkeypatch.delattr(seeds, "train")
    assert outcome("extrinsic", 0, 100, tmp_path) == made
