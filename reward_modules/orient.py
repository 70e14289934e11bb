"""Orient: stop at a voice or a face, until habituated to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dualbrain.steering.reward_module import NO_REFLEX, Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Orient(RewardModule):
    """The "what is it?" reflex: ``attention = max(voice, face_near) * (1 - habit)``, worth ``scale``.

    What comes up arrests what one is doing, until one is used to it (Sokolov, 1963, Annu. Rev. Physiol. 25:545): habit
    goes a share ``rate`` of the way to what is there. From ``threshold`` on, the body stops; it does not turn, since
    bodies here have no front. Reads ``voice`` (0 or 1) and ``face_near`` (1 beside, 0.5 at two cells).
    """

    scale: float = 0.02
    """Reward for a voice after long silence."""
    rate: float = 0.5
    """Share of the way from habit to what is there that one step goes, in (0, 1]."""
    threshold: float = 0.5
    """Attention from which on the body stops for a step; above 1 it never does."""
    rest: int = 0
    """The action that does nothing."""

    emits = (Signal("attention", horizon=5),)

    def bind(self, n: int) -> None:
        """Begin alone, in silence."""
        self.habit, self.attention = np.zeros((2, n), np.float32)

    def reset(self, done: NDArray[np.bool_]) -> None:
        """Clear the habituation."""
        self.habit[done] = self.attention[done] = 0.0

    def truth(self, voice: Array, face_near: Array) -> SignalValues:
        """Report a voice or a face, reduced by habituation."""
        there = np.maximum(voice, face_near)
        self.attention = there * (1.0 - self.habit)
        self.habit = self.habit + np.float32(self.rate) * (there - self.habit)
        return {"attention": self.attention.copy()}

    def worth(self) -> SignalValues:
        """Return the worth, the same in every state of the body."""
        return {"attention": self.scale}

    def reflex(self) -> Array:
        """Return the action of rest where attention is above the threshold."""
        return np.where(self.attention >= self.threshold, self.rest, NO_REFLEX).astype(np.int64)
