"""DQN under drives: Stable-Baselines3's, whose reward is the steering subsystem's."""

from __future__ import annotations

from typing import Any

from stable_baselines3 import DQN
from torch import Tensor

from agents.sb3.off_policy import OffPolicySteered


class SteeredDQN(OffPolicySteered, DQN):
    """DQN in a steered world."""

    def values(self, obs: Any) -> Tensor:
        """Return ``(N,)`` the value of the best action for observations as tensors."""
        best: Tensor = self.q_net(obs).max(dim=1).values
        return best


AGENT = SteeredDQN
