"""Judge whether the thoughts of a world model have collapsed: all alike, or all on one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LEAST_DEVIATION = 0.05
"""A median deviation below this,"""
FALL = 0.5
"""and below this share of the largest so far: before it has learned, a cortex may vary as little;"""
SHRUNK = 2
"""in so many successive rollouts."""
LEAST_RANK, GREAT_RANK = 1.1, 2.0
"""An effective rank below the first of these, if it was ever above the second,"""
FLAT = 8
"""in so many successive rollouts: a healthy cortex may learn one direction first."""


class CollapseDetector:
    """Judges effective rank and median deviation of the thoughts of successive rollouts.

    Both are needed: thoughts that have shrunk to a point still vary in many directions, those on a line still vary far.
    """

    def __init__(self) -> None:
        self._rank = self._deviation = 0.0
        self._shrunk = self._flat = 0

    def add(self, rank: float, deviation: float) -> bool:
        """Return whether thoughts have collapsed, given those of one more rollout.

        >>> detector = CollapseDetector()
        >>> [detector.add(20.0, deviation) for deviation in (0.013, 0.003, 0.002)]
        [False, False, True]
        """
        self._rank, self._deviation = max(rank, self._rank), max(deviation, self._deviation)
        shrunk = deviation < min(LEAST_DEVIATION, FALL * self._deviation)
        flat = rank < LEAST_RANK and self._rank > GREAT_RANK
        self._shrunk, self._flat = (self._shrunk + 1) * shrunk, (self._flat + 1) * flat
        return self._shrunk >= SHRUNK or self._flat >= FLAT

    def state_dict(self) -> dict[str, Any]:
        """Return what was seen so far."""
        return {"rank": self._rank, "deviation": self._deviation, "shrunk": self._shrunk, "flat": self._flat}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore what `state_dict` returned."""
        self._rank, self._deviation = float(state["rank"]), float(state["deviation"])
        self._shrunk, self._flat = int(state["shrunk"]), int(state["flat"])
