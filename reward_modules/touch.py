"""Touch: a touch is good from a friend and bad from an enemy."""

from __future__ import annotations

from dataclasses import dataclass

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Touch(RewardModule):
    """Social touch: ``worth = other_relation``: to be touched is good by a friend, bad by an enemy.

    The same stroke feels pleasant or aversive as one likes who gives it (Gazzola et al., 2012, PNAS 109:E1657). Reads
    ``touch`` (0 or 1) and ``other_relation`` (of the nearest person in view, from enemy, -1, to friend, 1).
    """

    emits = (Signal("touch", horizon=5),)

    def truth(self, touch: Array) -> SignalValues:
        """Report the touch."""
        return {"touch": touch}

    def worth(self, other_relation: Array) -> SignalValues:
        """Return the worth by the relation to the nearest person: in [-1, 1]."""
        return {"touch": other_relation}
