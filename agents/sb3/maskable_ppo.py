"""Maskable PPO under drives: sb3-contrib's, whose reward is the steering subsystem's."""

from __future__ import annotations

from typing import Any, Self

from torch import Tensor

from agents.sb3.on_policy import OnPolicySteered
from agents.steered import contrib

with contrib():
    from sb3_contrib import MaskablePPO
    from sb3_contrib.common.maskable.utils import is_masking_supported


class SteeredMaskablePPO(OnPolicySteered, MaskablePPO):
    """Maskable PPO in a steered world; where the world has no ``action_masks``, every action is valid."""

    def learn(self, total_timesteps: int, *args: Any, **kwargs: Any) -> Self:
        """Learn, with masks where the world has them."""
        masked = self.env is not None and is_masking_supported(self.env)
        return super().learn(total_timesteps, *args, **{"use_masking": masked, **kwargs})

    def _policy_arguments(self) -> dict[str, Any]:
        return dict(self.policy_kwargs)  # its policies know no gSDE

    def values(self, obs: Any) -> Tensor:
        """Return ``(N,)`` the critic's values for observations as tensors."""
        return self.policy.predict_values(obs).flatten()


AGENT = SteeredMaskablePPO
