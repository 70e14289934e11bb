"""Joint attention: being where a person looks is good."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class JointAttention(RewardModule):
    """Sharing a gaze: ``shared = gaze_shared`` while a person is in view, else unknown; worth ``scale``.

    Infants follow a gaze before they know what for, and learn words from it (Mundy & Newell, 2007, Curr. Dir. Psychol.
    Sci. 16:269). Reads ``gaze_shared`` (1 within a cell of what the nearest familiar person looks at) and
    ``person_in_view`` (0 or 1).
    """

    scale: float = 0.1
    """Reward for one step where a person looks."""

    emits = (Signal("shared", horizon=5),)

    def truth(self, gaze_shared: Array, person_in_view: Array) -> SignalValues:
        """Report a shared gaze; NaN without a person in view."""
        return {"shared": np.where(person_in_view > 0, gaze_shared, np.nan)}

    def worth(self) -> SignalValues:
        """Return the worth, the same in every state of the body."""
        return {"shared": self.scale}
