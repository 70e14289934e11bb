"""Flinch: a skittering thing close by is bad, and so is its prediction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dualbrain.steering.reward_module import NO_REFLEX, Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Flinch(RewardModule):
    """Innate fear: ``flinch = skittering`` where something is near, else unknown; worth -1.

    With nothing near, half of the *predicted* flinch takes its place, so that a thought can frighten (Byrnes, 2022,
    Intro to Brain-Like-AGI Safety, post 5); the jump back is subcortical (LeDoux, 1996, The Emotional Brain).
    Reads ``skittering`` ([0, 1]), ``something_near`` (0 or 1) and ``retreat`` (the action that leads away, or -1).
    """

    threshold: float = 0.5
    """Skittering from which on the body jumps back, in (0, 1]."""

    emits = (Signal("flinch", horizon=5, defer=0.5),)

    def truth(self, skittering: Array, something_near: Array) -> SignalValues:
        """Report the skittering of what is near; NaN with nothing near."""
        return {"flinch": np.where(something_near > 0, skittering, np.nan)}

    def worth(self) -> SignalValues:
        """Return the worth, negative in every state of the body."""
        return {"flinch": -1.0}

    def reflex(self, skittering: Array, retreat: Array) -> Array:
        """Return the action that leads away where skittering is above the threshold."""
        return np.where(skittering >= self.threshold, retreat, NO_REFLEX).astype(np.int64)
