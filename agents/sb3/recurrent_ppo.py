"""Recurrent PPO under drives: sb3-contrib's, whose reward is the steering subsystem's."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from agents.sb3.on_policy import OnPolicySteered
from agents.steered import contrib, rows_in

with contrib():
    from sb3_contrib import RecurrentPPO


class SteeredRecurrentPPO(OnPolicySteered, RecurrentPPO):
    """Recurrent PPO in a steered world; the memory of its policy is not that of the cortex."""

    def values(self, obs: Any) -> Tensor:
        """Return ``(N,)`` the critic's values, as if an episode began with each observation."""
        policy: Any = self.policy
        layers, _, width = policy.lstm_hidden_state_shape
        nothing = torch.zeros(layers, rows_in(obs), width, device=self.device)
        starts = torch.ones(rows_in(obs), device=self.device)
        values: Tensor = policy.predict_values(obs, (nothing, nothing), starts).flatten()
        return values


AGENT = SteeredRecurrentPPO
