"""Pain: damage to the body is bad, whatever its state."""

from __future__ import annotations

from dataclasses import dataclass

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Pain(RewardModule):
    """Nociception: ``pain = damage``, worth -1 (Sherrington, 1906, The Integrative Action of the Nervous System).

    Reads ``damage`` (share of the greatest injury, suffered in this step, [0, 1]).
    """

    emits = (Signal("pain", horizon=6),)

    def truth(self, damage: Array) -> SignalValues:
        """Report the injury."""
        return {"pain": damage}

    def worth(self) -> SignalValues:
        """Return the worth, negative in every state of the body."""
        return {"pain": -1.0}
