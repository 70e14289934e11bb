"""Startle: a sudden skittering close by is bad, and freezes the body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dualbrain.steering.reward_module import NO_REFLEX, Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Startle(RewardModule):
    """Startle: ``startle = max(0, skittering - skittering_before)``, worth ``-scale``; from ``threshold`` on, freeze.

    A sudden onset stops the body for a moment, whatever it was doing (Koch, 1999, Prog. Neurobiol. 59:107); what stays
    startles no more. Reads ``skittering`` (1 beside the agent, 0.5 at two cells, else 0).
    """

    scale: float = 0.1
    """Cost of one full startle."""
    threshold: float = 0.5
    """Startle from which on the body freezes for a step; above 1 it never does."""
    rest: int = 0
    """The action that does nothing."""

    emits = (Signal("startle", horizon=5),)

    def bind(self, n: int) -> None:
        """Begin calm."""
        self.before, self.onset = np.zeros((2, n), np.float32)

    def reset(self, done: NDArray[np.bool_]) -> None:
        """Clear the state of episodes that ended."""
        self.before[done] = self.onset[done] = 0.0

    def truth(self, skittering: Array) -> SignalValues:
        """Report the onset."""
        self.onset = np.maximum(skittering - self.before, 0.0)
        self.before = skittering.copy()
        return {"startle": self.onset.copy()}

    def worth(self) -> SignalValues:
        """Return the worth, negative in every state of the body."""
        return {"startle": -self.scale}

    def reflex(self) -> Array:
        """Return the action of rest after a strong startle."""
        return np.where(self.onset >= self.threshold, self.rest, NO_REFLEX).astype(np.int64)
