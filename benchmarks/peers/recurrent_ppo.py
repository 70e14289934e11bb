"""Recurrent PPO of sb3-contrib, on the world's own reward, with its own numbers for the network (an LSTM of 256)."""

from __future__ import annotations

from typing import Any

from sb3_contrib import RecurrentPPO
from stable_baselines3.common.evaluation import evaluate_policy

from dualbrain.worlds.make_env import make_vec_env


def build(world: str, n_envs: int, seed: int, **hyperparams: Any) -> RecurrentPPO:
    """Return one that has learned nothing."""
    return RecurrentPPO("MlpLstmPolicy", make_vec_env(world, n_envs, seed=seed), seed=seed, device="cpu", **hyperparams)


def score(agent: RecurrentPPO, world: str, episodes: int, seed: int) -> float:
    """Return the mean score of fresh episodes, actions drawn as in training."""
    env = make_vec_env(world, episodes, seed=seed)
    mean: Any = evaluate_policy(agent, env, episodes, deterministic=False, warn=False)[0]
    return float(mean)
