"""Affection: closeness to a friend is good, to an enemy bad."""

from __future__ import annotations

from dataclasses import dataclass

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Affection(RewardModule):
    """Attachment: ``closeness = face_near * other_relation``, worth ``scale`` at every step.

    Being near the attachment figure is good by itself, not for food (Bowlby, 1969, Attachment and Loss, vol. 1).
    Reads ``face_near`` (1 beside a familiar face, 0.5 at two cells) and ``other_relation`` (of the nearest person in
    view, from enemy, -1, to friend, 1).
    """

    scale: float = 0.1
    """Reward for one step beside a friend."""

    emits = (Signal("closeness", low=-1.0, horizon=5),)

    def truth(self, face_near: Array, other_relation: Array) -> SignalValues:
        """Report how close a friend is, or an enemy (negative)."""
        return {"closeness": face_near * other_relation}

    def worth(self) -> SignalValues:
        """Return the worth, the same in every state of the body."""
        return {"closeness": self.scale}
