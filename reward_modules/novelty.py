"""Novelty: rare observations are good."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Novelty(RewardModule):
    """Count-based curiosity: ``novelty = 1 / sqrt(visits)``, worth ``bonus``.

    The exploration bonus of MBIE-EB (Strehl & Littman, 2008, J. Comput. Syst. Sci. 74:1309). Reads ``visits`` (how
    often this agent has met this observation, this time included, >= 1).
    """

    bonus: float = 0.01
    """Reward for what was never met before; small beside a meal or a goal (1), since staying alive earns it too."""

    emits = (Signal("novelty", horizon=1),)

    def truth(self, visits: Array) -> SignalValues:
        """Report 1 at the first visit, falling with the square root of the count."""
        return {"novelty": 1.0 / np.sqrt(np.maximum(visits, 1.0))}

    def worth(self) -> SignalValues:
        """Return the worth, the same in every state of the body."""
        return {"novelty": self.bonus}
