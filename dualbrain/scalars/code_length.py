"""Measure how well predictions code what happens: prequential code length against a coder that only counts."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEAST = 1e-7
"""The least probability that a prediction counts as, so that no label costs more than 23 bits."""
PRIOR = 0.5
"""Labels of either kind that the counting coder has seen before it begins (Krichevsky & Trofimov, 1981)."""
RECENT, FEWEST = 20, 8
"""Rollouts that a jump is held against, at most and at least,"""
JUMP, CERTAIN = 1.5, 5.0
"""and by which factor, and how many standard deviations, the code must have grown."""
Columns = NDArray[np.float64]


@dataclass(frozen=True)
class Code:
    """What the labels of one rollout cost, ``(K,)`` each; NaN where there was no label."""

    bits: Columns
    """per label, coded by the predictions"""
    counting: Columns
    """per label, coded by a coder that only counts"""
    labels: Columns

    @property
    def ratios(self) -> Columns:
        """Return the bits over the counting bits ``(K,)``."""
        ratios: Columns = self.bits / self.counting
        return ratios

    @property
    def whole(self) -> float:
        """Return the bits of all labels over the counting bits of all; NaN without labels."""
        coded = self.labels > 0
        counted = float((self.counting * self.labels)[coded].sum())
        return float((self.bits * self.labels)[coded].sum()) / counted if counted > 0.0 else math.nan


class CodeLength:
    """The code length of K signals in [0, 1], rollout by rollout: predict first, learn afterwards.

    Each rollout is coded by the predictions that were made in it, before anything was learned from it (prequential:
    Dawid, 1984; Blier & Ollivier, 2018). The rival knows how often each label was 1 so far, and nothing else. A label
    is a short head's target ``q`` in [0, 1]; its cost is the cross-entropy ``-q log2 p - (1 - q) log2 (1 - p)``.
    """

    def __init__(self, names: Sequence[str]):
        self.names = tuple(names)
        self._counts = np.full((2, len(names)), PRIOR)
        self._recent: deque[float] = deque(maxlen=RECENT)
        self.jumped = False
        """Whether the latest rollout cost far more bits than those before it."""

    def add(self, prediction: NDArray[Any], target: NDArray[Any], weight: NDArray[Any]) -> Code:
        """Code the labels of a rollout, ``(..., K)`` each; those of ``weight`` 0 are none."""
        k = len(self.names)
        predicted, label, there = (rows.reshape(-1, k).astype(np.float64) for rows in (prediction, target, weight))
        labels, ones = there.sum(0), (label * there).sum(0)
        bits = _cost(label * there, (1.0 - label) * there, predicted).sum(0)
        counting = _cost(ones, labels - ones, self._counts[1] / self._counts.sum(0))
        self._counts += labels - ones, ones
        nothing = np.full(k, np.nan)
        coded = [np.divide(part, labels, out=nothing.copy(), where=labels > 0) for part in (bits, counting)]
        code = Code(coded[0], coded[1], labels)
        self._watch(code.whole)
        return code

    @property
    def usual(self) -> float:
        """Return the mean code length of recent rollouts, all signals together; NaN before the first."""
        return float(np.mean(self._recent)) if self._recent else math.nan

    def _watch(self, length: float) -> None:
        """Note whether the code length of all signals has jumped above that of recent rollouts."""
        before, usual = np.array(self._recent), self.usual
        known = len(before) >= FEWEST and usual < 1.0  # who predicts no better than by counting notices no change
        self.jumped = known and length > max(JUMP * usual, usual + CERTAIN * before.std())
        if not math.isnan(length):
            self._recent.append(length)

    def state_dict(self) -> dict[str, Any]:
        """Return what it has counted."""
        return {"names": list(self.names), "counts": self._counts.copy(), "recent": list(self._recent)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore what `state_dict` returned; raises `ValueError` for the counts of other signals."""
        counts = np.asarray(state["counts"], float)
        if tuple(state["names"]) != self.names or counts.shape != self._counts.shape:
            raise ValueError(f"code lengths of {state['names']} are not those of {self.names}")
        self._counts = counts.copy()
        self._recent.clear()
        self._recent.extend(float(bits) for bits in state["recent"])


def _cost(ones: Columns, zeros: Columns, probability: Columns) -> Columns:
    """Return the bits of so many ones and zeros, of a coder that expects a one with a probability."""
    p = np.clip(probability, LEAST, 1.0 - LEAST)
    cost: Columns = -(ones * np.log2(p) + zeros * np.log2(1.0 - p))
    return cost
