"""Fatigue: effort costs more, the more tired the body is."""

from __future__ import annotations

from dataclasses import dataclass

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Fatigue(RewardModule):
    """Cost of effort: one unit of exertion is worth ``-scale * (1 - stamina)``.

    Tiredness discounts what effort buys (Mueller & Apps, 2019, Neuropsychologia 123:141). Reads ``exertion`` (effort
    of this step, share of the greatest, [0, 1]) and ``stamina`` (share of a full store, [0, 1]).
    """

    scale: float = 0.1
    """Cost of one step of full effort to a spent body, in units of reward."""

    emits = (Signal("exertion", horizon=1),)

    def truth(self, exertion: Array) -> SignalValues:
        """Report the effort."""
        return {"exertion": exertion}

    def worth(self, stamina: Array) -> SignalValues:
        """Return the worth by the lack of stamina: in [-scale, 0]."""
        return {"exertion": -self.scale * (1.0 - stamina)}
