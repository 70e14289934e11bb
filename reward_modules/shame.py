"""Shame: a bad mood of a person who looks at the agent is bad."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Shame(RewardModule):
    """Being despised: ``shame = max(0, -other_mood)`` while ``gaze_on_me``, else unknown; worth ``-scale``.

    Shame follows how much less others would think of one (Sznycer et al., 2016, PNAS 113:2625), also those who show
    nothing: with no eyes on oneself half of the *predicted* shame takes its place. Reads ``gaze_on_me`` (0 or 1)
    and ``other_mood`` (of the nearest familiar person, [-1, 1]).
    """

    scale: float = 0.1
    """Cost of one step under a deep frown."""

    emits = (Signal("shame", horizon=5, defer=0.5),)

    def truth(self, gaze_on_me: Array, other_mood: Array) -> SignalValues:
        """Read the frown off a face that is turned to oneself."""
        return {"shame": np.where(gaze_on_me > 0, np.maximum(-other_mood, 0.0), np.nan)}

    def worth(self) -> SignalValues:
        """Return the worth, negative in every state of the body."""
        return {"shame": -self.scale}
