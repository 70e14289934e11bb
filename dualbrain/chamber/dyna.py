"""Replay: learn again from remembered transitions (Sutton 1991, Dyna; Momennejad et al. 2017)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Rehearsing(Protocol):
    """Linear heads that learn from single transitions; `dualbrain.chamber.td_lambda.TDLambda` is one."""

    weights: Floats
    """``(K, Z)``"""
    rate: Any
    """The learning rate, or ``(K,)`` of them."""

    def errors(self, features: Floats, cumulants: Floats, following: Floats | None) -> Floats:
        """Return the TD errors ``(K,)`` of one transition; nothing follows (None) where the episode ends."""


@dataclass
class Dyna:
    """Update by TD(0) on transitions drawn from memory, after every episode.

    Of each perceived state the last transition is kept, as in a deterministic Dyna: how it was before is forgotten.
    """

    times: int = 20
    """Transitions rehearsed after an episode."""
    seed: int = 0

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)
        self.memory: dict[bytes, tuple[Floats, Floats, Floats | None]] = {}

    def rehearse(self, assessors: Rehearsing, features: Floats, cumulants: Floats) -> None:
        """Remember an episode, ``(T, Z)`` and ``(T, K)``, and rehearse what is remembered."""
        for t in np.flatnonzero(features.any(axis=1)):
            following = features[t + 1] if t + 1 < len(features) else None
            self.memory[_key(features[t])] = (features[t], cumulants[t], following)
        kept = list(self.memory.values())
        for i in self.rng.integers(len(kept), size=self.times if kept else 0):
            self._teach(assessors, *kept[i])

    def _teach(self, assessors: Rehearsing, before: Floats, cumulants: Floats, after: Floats | None) -> None:
        width = assessors.weights.shape[1]
        before, after = _widen(before, width), None if after is None else _widen(after, width)
        errors = assessors.errors(before, cumulants, after)
        assessors.weights += np.reshape(assessors.rate * errors, (-1, 1)) * before


def _widen(features: Floats, width: int) -> Floats:
    return np.pad(features, (0, width - len(features)))


def _key(features: Floats) -> bytes:
    """Return a key of a state that does not depend on the number of features."""
    return np.trim_zeros(features, "b").tobytes()
