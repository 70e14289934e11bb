"""What the algorithms that learn from rollouts need under drives."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.on_policy_algorithm import OnPolicyAlgorithm

from agents.steered import Steered


class OnPolicySteered(Steered, OnPolicyAlgorithm):
    """Mix-in for algorithms that learn from rollouts: an episode begins where an agent is born."""

    def _update_info_buffer(self, infos: list[dict[str, Any]], dones: NDArray[np.bool_] | None = None) -> None:
        super()._update_info_buffer(infos, dones)
        if dones is not None:
            dones |= self.steering_env.born()  # SB3 takes the same array for the starts of episodes in the next row
