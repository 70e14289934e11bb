"""Thirst: water is good in proportion to the lack of it."""

from __future__ import annotations

from dataclasses import dataclass

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Thirst(RewardModule):
    """Drive reduction: one drink is worth ``(setpoint - hydration) / setpoint``.

    That is ``-dD/dhydration`` of ``D = (setpoint - hydration)**2 / (2 * setpoint)`` (Keramati & Gutkin, 2014,
    eLife 3:e04811, with m = 2): 1 to a parched body, 0 at the set point, a little below 0 to a full one.

    Reads ``drank`` (share of a drink taken in this step, [0, 1]) and ``hydration`` (share of a full store, [0, 1]).
    """

    setpoint: float = 0.8
    """Hydration at which water is worth nothing, in (0, 1]."""

    emits = (Signal("water", horizon=10),)

    def truth(self, drank: Array) -> SignalValues:
        """Report what was drunk, good or not."""
        return {"water": drank}

    def worth(self, hydration: Array) -> SignalValues:
        """Return the worth of a drink by the lack of water: in [1 - 1/setpoint, 1]."""
        return {"water": 1.0 - hydration / self.setpoint}
