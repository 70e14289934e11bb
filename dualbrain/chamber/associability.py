"""Associability: a learning rate that grows with recent errors (Pearce and Hall 1980, Psychological Review 87:532)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass
class Associability:
    """A factor on the learning rate of each feature: a running mean of the absolute errors in its presence.

    ``alpha <- (1 - eta x) alpha + eta x |delta|``, where ``x`` is the feature, at most 1, and ``delta`` the largest
    error of any head, at most 1. So the rate falls for a stimulus that predicts nothing.
    """

    eta: float = 0.05
    """Weight of the newest surprise, in (0, 1]."""
    start: float = 1.0
    """Associability of what is new."""
    least: float = 0.05
    """What always remains, so that the familiar can be learned about at all."""

    def __post_init__(self) -> None:
        self.alpha = np.zeros(0)
        """(Z,)"""

    def widen(self, width: int) -> None:
        """Make room for new features."""
        if width > len(self.alpha):
            self.alpha = np.pad(self.alpha, (0, width - len(self.alpha)), constant_values=self.start)

    def of(self, features: Floats, errors: Floats) -> Floats:
        """Return the factors ``(Z,)`` of this step; then follow its errors ``(K,)`` where features ``(Z,)`` are on."""
        now = np.maximum(self.alpha, self.least)
        surprise = min(float(np.abs(errors).max()), 1.0)
        step = self.eta * np.clip(features, 0.0, 1.0)
        self.alpha = self.alpha + step * (surprise - self.alpha)
        return now
