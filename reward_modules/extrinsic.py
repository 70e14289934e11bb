"""Extrinsic: pay the world's own reward."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Extrinsic(RewardModule):
    """The world's own reward: ``reward = extrinsic_reward``, in units of score, any finite number, worth 1.

    Alone, it makes the agent an ordinary reinforcement learner (Sutton & Barto, 2018, section 3.2).
    """

    emits = (Signal("reward", low=-math.inf, high=math.inf, horizon=8),)

    def truth(self, extrinsic_reward: Array) -> SignalValues:
        """Report the world's score."""
        return {"reward": extrinsic_reward}
