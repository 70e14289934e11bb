"""TD3 under drives: Stable-Baselines3's, whose reward is the steering subsystem's."""

from __future__ import annotations

from typing import Any

import torch
from stable_baselines3 import TD3
from torch import Tensor

from agents.sb3.off_policy import OffPolicySteered


class SteeredTD3(OffPolicySteered, TD3):
    """TD3 in a steered world; without ``action_noise``, such as 0.1, it explores in its first steps only."""

    def values(self, obs: Any) -> Tensor:
        """Return ``(N,)`` the lesser of both critics' values for the actor's action."""
        return torch.cat(self.critic(obs, self.actor(obs)), dim=1).min(dim=1).values


AGENT = SteeredTD3
