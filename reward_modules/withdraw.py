"""Withdraw: draw back from damage, by reflex."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dualbrain.steering.reward_module import NO_REFLEX, Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Withdraw(RewardModule):
    """The withdrawal reflex: ``hurt = damage``, worth 0 (`Pain` is what costs); from ``threshold`` on, draw back.

    The spinal cord pulls away from harm without the brain (Sherrington, 1910, J. Physiol. 40:28). Reads ``damage``
    ([0, 1]) and ``retreat`` (the action that leads away from the nearest creature, or -1: then nothing is done).
    """

    threshold: float = 0.1
    """Damage from which on the body draws back; above 1 it never does."""

    emits = (Signal("hurt", horizon=5),)

    def truth(self, damage: Array) -> SignalValues:
        """Report the injury."""
        return {"hurt": damage}

    def worth(self) -> SignalValues:
        """Return a worth of 0: the drive has a reflex only."""
        return {"hurt": 0.0}

    def reflex(self, damage: Array, retreat: Array) -> Array:
        """Draw back."""
        return np.where(damage >= self.threshold, retreat, NO_REFLEX).astype(np.int64)
