"""The table of what pretraining contributes: a run that never gets there counts as its length."""

from __future__ import annotations

import math

import numpy as np

from benchmarks.cached_runs import first_reached
from benchmarks.pretraining import TASKS, table


def test_a_criterion_is_reached_at_the_first_evaluation_that_is_good_enough():
    assert first_reached(np.array([5, 10, 15]), np.array([0.1, 0.9, 0.5]), 0.9) == 10.0
    assert first_reached(np.array([5, 10]), np.array([0.1, 0.2]), 0.9) == math.inf


def test_rows_are_laid_out():
    forage = TASKS[0]
    row = table({forage: [[math.inf, 200_000.0], [100_000.0, 100_000.0]]}).splitlines()[-1]
    cells = [cell.strip() for cell in row.split("|")][1:-1]
    assert cells[:3] == ["Forage", "500", "600,000 (200,000 to 1,000,000)"]
    assert cells[3:5] == ["100,000 (100,000 to 100,000)", "-500,000 (-900,000 to -100,000)"]
    assert cells[5:] == ["362,144 (362,144 to 362,144)", "inf, 200; 100, 100"]
