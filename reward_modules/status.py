"""Status: being looked at is good."""

from __future__ import annotations

from dataclasses import dataclass

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Status(RewardModule):
    """Rank as attention: ``watched = being_watched``, worth ``scale`` at every step.

    In groups of primates, who ranks high is who gets looked at (Chance, 1967, Man 2:503). Reads ``being_watched``
    (share of all people who are seen to look at the agent, [0, 1]).
    """

    scale: float = 0.1
    """Reward for one step under the eyes of all."""

    emits = (Signal("watched", horizon=5),)

    def truth(self, being_watched: Array) -> SignalValues:
        """Report the attention."""
        return {"watched": being_watched}

    def worth(self) -> SignalValues:
        """Return the worth, positive in every state of the body."""
        return {"watched": self.scale}
