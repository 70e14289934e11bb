"""Elders: closeness to a trusted person who is busy is good."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Elders(RewardModule):
    """Attention to elders: ``beside = face_near * (other_relation > 0) * (gaze_on_me = 0)``, worth ``scale``.

    Children everywhere learn by hanging about trusted grown-ups at work, who do not teach (Rogoff et al., 2003, Annu.
    Rev. Psychol. 54:175). No innate sense sees skill: a face that is liked and not turned to oneself has to do.
    Reads ``face_near`` ([0, 1]), ``other_relation`` ([-1, 1]) and ``gaze_on_me`` (0 or 1).
    """

    scale: float = 0.1
    """Reward for one step beside a busy person."""

    emits = (Signal("beside", horizon=5),)

    def truth(self, face_near: Array, other_relation: Array, gaze_on_me: Array) -> SignalValues:
        """Report how close a trusted person is who looks at something else."""
        return {"beside": np.where((other_relation > 0) & (gaze_on_me == 0), face_near, 0.0)}

    def worth(self) -> SignalValues:
        """Return the worth, the same in every state of the body."""
        return {"beside": self.scale}
