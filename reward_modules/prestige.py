"""Prestige: closeness to a person whom others watch is good."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Prestige(RewardModule):
    """Prestige bias: ``company = prestige_near`` while a person is in view, else unknown; worth ``scale``.

    Whom others attend to is likely to know something, so one seeks that person's company (Henrich & Gil-White, 2001,
    Evol. Hum. Behav. 22:165). Reads ``prestige_near`` (share of the others in view who look at the person nearest to
    the agent, [0, 1]) and ``person_in_view`` (0 or 1).
    """

    scale: float = 0.1
    """Reward for one step with a person whom all others watch."""

    emits = (Signal("company", horizon=5),)

    def truth(self, prestige_near: Array, person_in_view: Array) -> SignalValues:
        """Report the prestige of the nearest person; NaN without one in view."""
        return {"company": np.where(person_in_view > 0, prestige_near, np.nan)}

    def worth(self) -> SignalValues:
        """Return the worth, the same in every state of the body."""
        return {"company": self.scale}
