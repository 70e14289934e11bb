"""QR-DQN under drives: sb3-contrib's, whose reward is the steering subsystem's."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from agents.sb3.off_policy import OffPolicySteered
from agents.steered import contrib

with contrib():
    from sb3_contrib import QRDQN


class SteeredQRDQN(OffPolicySteered, QRDQN):
    """QR-DQN in a steered world."""

    def values(self, obs: Any) -> Tensor:
        """Return ``(N,)`` the value of the best action, over all quantiles, for observations as tensors."""
        best: Tensor = self.quantile_net(obs).mean(dim=1).max(dim=1).values
        return best


AGENT = SteeredQRDQN
