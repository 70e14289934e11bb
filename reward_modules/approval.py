"""Approval: a good mood of a person who looks at the agent is good."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Approval(RewardModule):
    """Being liked: ``approval = max(0, other_mood)`` while ``gaze_on_me``, else unknown; worth ``scale``.

    Praise works on the striatum as money does (Izuma, Saito & Sadato, 2008, Neuron 58:284). With no eyes on
    oneself half of the *predicted* approval takes its place, so that people never met can be pleased. Reads
    ``gaze_on_me`` (0 or 1) and ``other_mood`` (of the nearest familiar person, [-1, 1]).
    """

    scale: float = 0.1
    """Reward for one step of a broad smile."""

    emits = (Signal("approval", horizon=5, defer=0.5),)

    def truth(self, gaze_on_me: Array, other_mood: Array) -> SignalValues:
        """Read the smile off a face that is turned to oneself."""
        return {"approval": np.where(gaze_on_me > 0, np.maximum(other_mood, 0.0), np.nan)}

    def worth(self) -> SignalValues:
        """Return the worth, positive in every state of the body."""
        return {"approval": self.scale}
