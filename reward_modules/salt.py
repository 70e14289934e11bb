"""Salt: a salty taste is good if the body lacks sodium, else bad."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Salt(RewardModule):
    """Sodium appetite: salt tastes good when the body lacks sodium and bad when it does not.

    ``worth = 1 if sodium < setpoint else -1``: a depleted rat seeks at once the salt that it has only ever hated
    (Robinson & Berridge, 2013, Current Biology 23:282). Reads ``tasted_any`` and ``tasted_salt`` (the tongue, [0, 1])
    and ``sodium`` (share of a full store, [0, 1]).
    """

    setpoint: float = 0.5
    """Sodium below which salt is good, in [0, 1]."""

    emits = (Signal("salt", horizon=4),)

    def truth(self, tasted_any: Array, tasted_salt: Array) -> SignalValues:
        """Report how salty the mouthful was; the tongue speaks only when it tastes."""
        return {"salt": np.where(tasted_any > 0, tasted_salt, np.nan)}

    def worth(self, sodium: Array) -> SignalValues:
        """Return the worth of salt: 1 below the set point, else -1."""
        return {"salt": np.where(sodium < self.setpoint, 1.0, -1.0)}
