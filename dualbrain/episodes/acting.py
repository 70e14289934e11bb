"""How an agent acts and predicts in episodes that are played: with the states that it keeps from step to step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.heads.targets import Bools
from dualbrain.worlds.steering_vec_env import SteeringVecEnv

if TYPE_CHECKING:
    from dualbrain.episodes.play import Brain


class Acting:
    """Lets an agent act and predict in N worlds, with the states of its policy and of its cortex, where it has any.

    A state begins anew where an episode starts: after an end, at a birth, after a reset of all worlds, and where an
    episode is cut off.
    """

    def __init__(self, agent: Brain, steering_env: SteeringVecEnv):
        self._agent, self._steering_env = agent, steering_env
        self._kept: dict[str, Any] = {}
        self._remembered: dict[str, Any] = {}
        self._ended: Bools = np.zeros(steering_env.num_envs, bool)

    def choose(self, obs: Any, deterministic: bool) -> NDArray[Any]:
        """Return actions ``(N, ...)`` for observations ``(N, ...)``."""
        actions, state = self._agent.predict(obs, deterministic=deterministic, **self._with_starts(self._kept))
        self._kept = {} if state is None else {"state": state}
        return actions

    def assess(self, obs: Any) -> Mapping[str, Any]:
        """Return what the agent predicts for the next observations ``(N, ...)``, which its cortex remembers."""
        expected = self.foresee(obs)
        self._remembered = {"state": expected["state"]} if "state" in expected else {}
        return expected

    def foresee(self, obs: Any) -> Mapping[str, Any]:
        """Return what the agent predicts for the observations that are next, which it does not remember."""
        return self._agent.assess(obs, **self._with_starts(self._remembered))

    def assess_finals(self, obs: Any) -> Mapping[str, Any]:
        """Return what the agent predicts for observations that the last ones led to, also at an episode's end."""
        return self._agent.assess(obs, **self._remembered)

    def after(self, dones: Bools) -> None:
        """Note which episodes ``(N,)`` have ended with the step."""
        self._ended = dones

    def _with_starts(self, kept: dict[str, Any]) -> dict[str, Any]:
        return {**kept, "episode_start": self._ended | self._steering_env.starts} if kept else kept
