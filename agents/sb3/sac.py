"""SAC under drives: Stable-Baselines3's, whose reward is the steering subsystem's."""

from __future__ import annotations

from typing import Any

import torch
from stable_baselines3 import SAC
from torch import Tensor

from agents.sb3.off_policy import OffPolicySteered


class SteeredSAC(OffPolicySteered, SAC):
    """SAC in a steered world."""

    def values(self, obs: Any) -> Tensor:
        """Return ``(N,)`` the lesser of both critics' values for the actor's likeliest action."""
        action = self.actor(obs, deterministic=True)
        return torch.cat(self.critic(obs, action), dim=1).min(dim=1).values


AGENT = SteeredSAC
