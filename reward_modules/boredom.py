"""Boredom: steps without a new observation cost more and more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Boredom(RewardModule):
    """Monotony: ``boredom = min(1, steps since something new / patience)``, worth ``-scale``.

    It makes one leave what has nothing more to offer (Bench & Lench, 2013, Behav. Sci. 3:459). Reads ``visits`` (how
    often this agent has met this observation, this time included, >= 1); what is met for the first time is new.
    """

    scale: float = 0.02
    """Cost of one step of utter boredom; more than `Novelty` pays, less than a meal."""
    patience: int = 20
    """Steps from something new to utter boredom; at least 1."""

    emits = (Signal("boredom", horizon=5),)

    def bind(self, n: int) -> None:
        """Begin with an open mind."""
        self.idle = np.zeros(n, np.float32)

    def reset(self, done: NDArray[np.bool_]) -> None:
        """Begin anew."""
        self.idle[done] = 0.0

    def truth(self, visits: Array) -> SignalValues:
        """Count the steps without anything new."""
        self.idle = np.where(visits > 1, self.idle + 1, np.float32(0.0))
        return {"boredom": np.minimum(self.idle / self.patience, 1.0)}

    def worth(self) -> SignalValues:
        """Return the worth, negative in every state of the body."""
        return {"boredom": -self.scale}
