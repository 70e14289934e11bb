"""Algorithms of Stable-Baselines3 and their steered selves, small enough to be trained in a moment."""

from __future__ import annotations

from typing import Any, NamedTuple

import gymnasium
from stable_baselines3 import A2C, DQN, SAC, TD3
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import VecEnv

from agents.sb3.a2c import SteeredA2C
from agents.sb3.dqn import SteeredDQN
from agents.sb3.sac import SteeredSAC
from agents.sb3.td3 import SteeredTD3
from agents.steered import Steered


class Case(NamedTuple):
    theirs: type[BaseAlgorithm]
    ours: type[Steered]
    world: str
    settings: dict[str, Any]


REPLAYING = {"learning_starts": 20, "buffer_size": 200, "batch_size": 16, "train_freq": 2}
CASES = {
    "a2c": Case(A2C, SteeredA2C, "CartPole-v1", {}),
    "dqn": Case(DQN, SteeredDQN, "CartPole-v1", {**REPLAYING, "target_update_interval": 30}),
    "sac": Case(SAC, SteeredSAC, "Pendulum-v1", REPLAYING),
    "td3": Case(TD3, SteeredTD3, "Pendulum-v1", REPLAYING),
}


def worlds(name: str, n_envs: int = 1) -> VecEnv:
    return make_vec_env(lambda: gymnasium.make(CASES[name].world, max_episode_steps=20), n_envs)
