"""The table of what drives contribute to survival tells differences from samples, and no run is made twice."""

from __future__ import annotations

import numpy as np

from benchmarks.survival import BOTH, DRIVES, RANDOM, SCORE, table


def over_seeds(length: float) -> np.ndarray:
    return np.array([[length, 1.0], [length + 2.0, 1.0]])


def test_the_table():
    told = table({RANDOM: over_seeds(170), SCORE: over_seeds(200), BOTH: over_seeds(210), DRIVES: over_seeds(180)})
    rows = [line.split(" | ") for line in told.splitlines()[2:]]
    assert [row[0].strip("| ") for row in rows[:4]] == [RANDOM, f"`{SCORE}`", f"`{BOTH}`", f"`{DRIVES}`"]
    assert rows[1][1:3] == ["201 (200 to 202)", "200, 202"]
    assert [row[1].split(" ")[0] for row in rows[4:]] == ["10.000", "10.000"]
