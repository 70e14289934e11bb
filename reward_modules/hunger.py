"""Hunger: food is good in proportion to the lack of energy."""

from __future__ import annotations

from dataclasses import dataclass

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Hunger(RewardModule):
    """Drive reduction: one meal is worth ``(setpoint - energy) / setpoint``.

    That is ``-dD/denergy`` of the drive ``D = (setpoint - energy)**2 / (2 * setpoint)`` (Keramati & Gutkin, 2014,
    eLife 3:e04811, with m = 2): 1 to a starving body, 0 at the set point, a little below 0 to a sated one.

    Reads ``ate`` (share of a meal eaten in this step, [0, 1]) and ``energy`` (share of a full store, [0, 1]).
    """

    setpoint: float = 0.8
    """Energy at which food is worth nothing, in (0, 1]."""

    emits = (Signal("food", horizon=10),)

    def truth(self, ate: Array) -> SignalValues:
        """Report what was eaten, good or not."""
        return {"food": ate}

    def worth(self, energy: Array) -> SignalValues:
        """Return the worth of a meal by the lack of energy: in [1 - 1/setpoint, 1]."""
        return {"food": 1.0 - energy / self.setpoint}
