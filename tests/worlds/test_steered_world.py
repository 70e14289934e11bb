"""A world under a steering subsystem is the same world: only the reward is another."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_match import check_environments_match
from stable_baselines3.common.vec_env import DummyVecEnv

import envs
from dualbrain import RewardModule, Signal, SteeringSubsystem, SteeringVecEnv
from dualbrain.steering.reward_module import Array, SignalValues


class Content(RewardModule):
    """Finds every step of any world better by one than the world does."""

    emits = (Signal("pleased", low=-np.inf, high=np.inf),)

    def truth(self, extrinsic_reward: Array) -> SignalValues:
        return {"pleased": extrinsic_reward + 1.0}


class Steered(gymnasium.Env[Any, Any]):
    """One world under steering, as Gymnasium has it: resets are the caller's, not the `VecEnv`'s."""

    def __init__(self, world: str) -> None:
        self.venv = SteeringVecEnv(DummyVecEnv([lambda: gymnasium.make(world)]), SteeringSubsystem([Content()]))
        self.observation_space, self.action_space = self.venv.observation_space, self.venv.action_space
        self._fresh: Any = None

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        if seed is not None:
            self.venv.seed(seed)
            self._fresh = self.venv.reset()
        return self._fresh[0], self.venv.unwrapped.reset_infos[0]

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self._fresh, rewards, dones, infos = self.venv.step(np.array([action]))
        truncated = bool(infos[0]["TimeLimit.truncated"])
        obs = infos[0].get("terminal_observation", self._fresh[0])
        return obs, float(rewards[0]), bool(dones[0]) and not truncated, truncated, infos[0]


@pytest.mark.parametrize("world", list(envs.WORLDS))
def test_a_steered_world_matches_the_bare_one_but_for_the_reward(world: str) -> None:
    bare, steered = gymnasium.make(world), Steered(world)
    check_environments_match(bare, steered, num_steps=600, seed=5, skip_rew=True, info_comparison="superset")
    with pytest.raises(AssertionError, match=r"[Rr]eward"):
        check_environments_match(bare, steered, num_steps=600, seed=5, info_comparison="superset")
