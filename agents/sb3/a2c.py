"""A2C under drives: Stable-Baselines3's, whose reward is the steering subsystem's."""

from __future__ import annotations

from typing import Any

from stable_baselines3 import A2C
from torch import Tensor

from agents.sb3.on_policy import OnPolicySteered


class SteeredA2C(OnPolicySteered, A2C):
    """A2C in a steered world."""

    def values(self, obs: Any) -> Tensor:
        """Return ``(N,)`` the critic's values for observations as tensors."""
        return self.policy.predict_values(obs).flatten()


AGENT = SteeredA2C
