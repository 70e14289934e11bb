"""What the algorithms that learn from a replay buffer need under drives."""

from __future__ import annotations

from typing import Any

from stable_baselines3.common.off_policy_algorithm import OffPolicyAlgorithm

from agents.steered import Steered
from dualbrain.errors import UserError


class OffPolicySteered(Steered, OffPolicyAlgorithm):
    """Mix-in for algorithms with a replay buffer: it holds the drives' reward, and the action that was carried out."""

    def _setup_model(self) -> None:
        if self.n_steps > 1:
            self.replay_buffer_class = None  # a loaded agent's was chosen by n_steps: it is chosen again
        super()._setup_model()
        normaliser = self._vec_normalize_env
        if normaliser is not None and normaliser.norm_reward:
            fault = f"{type(self).__name__} would scale the drives' reward by the world's"
            raise UserError(f"{fault}: use VecNormalize(norm_reward=False)")

    def restart(self) -> None:
        """Reset all worlds, if they have to be; a normaliser's raw observations go with it."""
        stale = self._last_obs is None or self.steering_env.interrupted
        super().restart()
        if stale and self._vec_normalize_env is not None:
            self._last_original_obs = self._vec_normalize_env.get_original_obs()

    def _store_transition(self, replay_buffer: Any, buffer_action: Any, new_obs: Any, reward: Any, *ends: Any) -> None:
        """Keep the steering subsystem's reward, also where a `VecNormalize` would keep that of the world."""
        if self._vec_normalize_env is not None:
            self._vec_normalize_env.old_reward = reward
        super()._store_transition(replay_buffer, buffer_action, new_obs, reward, *ends)
