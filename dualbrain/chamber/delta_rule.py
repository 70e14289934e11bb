"""Train short heads online: K linear heads on given features, with the evidence gate.

The targets are those of the agent's short heads (`dualbrain.heads.targets.short_targets`); only the fitting differs,
which is the delta rule here, row by row (Widrow and Hoff 1960).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dualbrain.chamber.associability import Associability
from dualbrain.chamber.linear_heads import LinearHeads
from dualbrain.errors import UserError
from dualbrain.heads.targets import short_targets

Floats = NDArray[np.float64]


@dataclass
class DeltaRule(LinearHeads):
    """K linear short heads of width Z, trained on truths that are not NaN."""

    horizon: NDArray[np.int64]
    """(K,) in steps"""
    rate: float = 0.1
    """Step size."""
    unlearn: float = 0.0
    """Weight with which missing evidence teaches 0; 1 opens the gate."""
    associability: Associability | None = None
    """Attention that is spent on what surprises (Pearce and Hall 1980)."""

    def __post_init__(self) -> None:
        if (self.horizon < 1).any():
            raise UserError(f"the horizons of short assessors are 1 step or more, not {self.horizon.tolist()}")
        if not (0.0 <= self.rate < np.inf and 0.0 <= self.unlearn <= 1.0):
            raise UserError(f"rate must be 0 or more and unlearn from 0 to 1, not {self.rate} and {self.unlearn}")
        self.weights = np.zeros((len(self.horizon), 0))

    def values(self, features: Floats) -> Floats:
        """Return the predictions ``(..., K)`` for features ``(..., Z)``."""
        return np.asarray(features @ self.weights.T)

    def learn_episode(self, features: Floats, truth: Floats) -> None:
        """Learn from an episode of T steps: features ``(T, Z)``, and the truth ``(T, K)`` of each transition."""
        target, weight = self._silent(truth) if np.isnan(truth).all() else self._targets(truth)
        if not weight.any():
            return
        for t in np.flatnonzero(features.any(axis=1)):
            error = weight[t] * (target[t] - self.values(features[t]))
            attention = self.associability.of(features[t], error) if self.associability else 1.0
            self.weights += self.rate * error[:, None] * features[t] * attention

    def _silent(self, truth: Floats) -> tuple[Floats, Floats]:
        """Return what `_targets` would of an episode without any evidence, at once."""
        return np.zeros_like(truth), np.full_like(truth, self.unlearn)

    def _targets(self, truth: Floats) -> tuple[Floats, Floats]:
        """Return targets and weights of an episode, at least ``(T, K)``; behind its end lies room for all windows."""
        room = np.full((int(self.horizon.max()), truth.shape[1]), np.nan)
        known = np.concatenate([truth, room]).astype(np.float32)[:, None]
        ended = np.arange(len(known))[:, None] == len(truth) - 1
        targets = short_targets(known, ended, np.zeros_like(ended), self.horizon)
        return targets.target[:, 0].astype(np.float64), targets.weights(self.unlearn)[:, 0].astype(np.float64)
