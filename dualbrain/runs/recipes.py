"""Recommended hyperparameters by world, as numbers of a run's configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Table = dict[str, Any]

WIDE: Table = {
    "n_envs": 256,
    "num_threads": 1,
    "total_timesteps": 3_000_000,
    "assessors": {"epochs": 2},
    "evaluation": {"freq": 1_000_000, "episodes": 64, "n_envs": 64, "deterministic": False},
    "hyperparams": {
        "n_steps": 64,
        "batch_size": 2048,
        "n_epochs": 4,
        "learning_rate": 1e-3,
        "gamma": 0.97,
        "gae_lambda": 0.9,
        "ent_coef": 0.01,
        "clip_range": 0.2,
    },
}
"""For worlds that step in batches: so many of them that a rollout is short and a minibatch is large.

Four times as many worlds and minibatches of 16,384 rows step faster still, but learn less from each step.
"""

SERIAL: Table = {
    "n_envs": 8,
    "num_threads": 1,
    "total_timesteps": 500_000,
    "evaluation": {"freq": 25_000, "episodes": 10, "n_envs": 1},
    "hyperparams": {
        "n_steps": 256,
        "batch_size": 256,
        "n_epochs": 10,
        "learning_rate": 3e-4,
        "gamma": 0.99,
        "gae_lambda": 0.95,
        "ent_coef": 0.0,
        "clip_range": 0.2,
    },
}
"""For worlds that step one by one in this process."""

GRID: Table = {
    "evaluation": {"deterministic": False},
    "hyperparams": {
        "n_steps": 128,
        "batch_size": 256,
        "n_epochs": 4,
        "learning_rate": 1e-3,
        "ent_coef": 0.01,
        "policy_kwargs": {"normalize_images": False},
    },
}
"""For views whose numbers are kinds of things, not brightness."""

CRAFTER: Table = {
    "total_timesteps": 1_000_000,
    "env_kwargs": {"view": "nearest"},
    "evaluation": {"freq": 100_000, "episodes": 32, "n_envs": 8, "deterministic": False},
    "hyperparams": {
        "n_steps": 128,
        "n_epochs": 6,
        "learning_rate": 1e-3,
        "gamma": 0.97,
        "gae_lambda": 0.9,
        "ent_coef": 0.01,
    },
}
"""For episodes of a few hundred steps, under a small view: with pictures, take ``cortex:cnn`` and train for longer."""

AGENTS: Table = {
    **SERIAL,
    "n_envs": 24,
    "evaluation": {"freq": 50_000, "episodes": 24, "n_envs": 12, "deterministic": False},
    "hyperparams": {**SERIAL["hyperparams"], "n_steps": 128, "batch_size": 512, "ent_coef": 0.01},
}
"""For worlds whose agents are rows: 24 and 12 are multiples of 2, 3 and 4 agents."""

BY_FAMILY: dict[str, Table] = {"MiniGrid-": GRID, "BabyAI-": GRID, "Crafter": CRAFTER, "pettingzoo/": AGENTS}
"""Worlds whose ids begin alike, laid over `SERIAL` or `WIDE`."""

BY_WORLD: dict[str, Table] = {
    # With half of the worlds a cortex takes twice the steps per step of the world: `python -m benchmarks.memory`.
    "dualbrain/TMaze-v0": {"n_envs": 128, "total_timesteps": 1_000_000},
    # As published in rl-zoo3.
    "CartPole-v1": {
        "n_envs": 8,
        "total_timesteps": 100_000,
        "hyperparams": {
            "n_steps": 32,
            "batch_size": 256,
            "n_epochs": 20,
            "learning_rate": "lin_0.001",
            "gamma": 0.98,
            "gae_lambda": 0.8,
            "ent_coef": 0.0,
            "clip_range": "lin_0.2",
        },
    },
    "MiniGrid-DoorKey-5x5-v0": {"total_timesteps": 300_000},
    "Pendulum-v1": {
        "n_envs": 4,
        "total_timesteps": 100_000,
        "hyperparams": {
            "n_steps": 1024,
            "batch_size": 64,
            "n_epochs": 10,
            "learning_rate": 1e-3,
            "gamma": 0.9,
            "gae_lambda": 0.95,
            "use_sde": True,
            "sde_sample_freq": 4,
        },
    },
    "Acrobot-v1": {
        "n_envs": 16,
        "total_timesteps": 1_000_000,
        "hyperparams": {"n_steps": 256, "batch_size": 64, "n_epochs": 4, "gae_lambda": 0.94},
    },
    "LunarLander-v3": {
        "n_envs": 16,
        "total_timesteps": 1_000_000,
        "hyperparams": {
            "n_steps": 1024,
            "batch_size": 64,
            "n_epochs": 4,
            "gamma": 0.999,
            "gae_lambda": 0.98,
            "ent_coef": 0.01,
        },
    },
}
"""Worlds with numbers of their own, laid over those of their family."""

ACTS_AT_RANDOM = {"evaluation": {"deterministic": False}}
VIEWS: Table = {"hyperparams": {"policy_kwargs": {"normalize_images": False}}}
"""What `GRID` says of observations, for any algorithm."""


@dataclass(frozen=True)
class Recipes:
    """The tables of one algorithm, each laid over those before it."""

    batched: Table
    """For worlds that step in batches,"""
    serial: Table
    """or one by one;"""
    by_family: Mapping[str, Table] = field(default_factory=dict)
    """for worlds whose ids begin alike;"""
    by_world: Mapping[str, Table] = field(default_factory=dict)
    """for single worlds."""

    def of(self, env: str, is_batched: bool) -> list[Table]:
        """Return the tables of a world, the most special one last."""
        family = [table for beginning, table in self.by_family.items() if env.startswith(beginning)]
        return [self.batched if is_batched else self.serial, *family, self.by_world.get(env, {})]


def _any(table: Table, **settings: Any) -> Table:
    """Return what a table says of a world, for algorithms that state their own numbers: ``settings``."""
    kept = {name: value for name, value in table.items() if name in ("num_threads", "env_kwargs", "evaluation")}
    return {**kept, "policy": "auto", **settings}


def _others(batched: Table, serial: Table, by_world: Mapping[str, Table] | None = None) -> Recipes:
    """Return recipes that say of worlds what those of PPO say, and state the numbers of an algorithm."""
    families = {
        "MiniGrid-": {**ACTS_AT_RANDOM, **VIEWS},
        "BabyAI-": {**ACTS_AT_RANDOM, **VIEWS},
        "Crafter": _any(CRAFTER),
        "pettingzoo/": {"n_envs": AGENTS["n_envs"], "evaluation": AGENTS["evaluation"]},
    }
    return Recipes(_any(WIDE, **batched), _any(SERIAL, **serial), families, by_world or {})


def _replaying(**hyperparams: Any) -> Table:
    """Return numbers of an algorithm that learns from a replay buffer, with one that fits into any memory."""
    return {"n_envs": 1, "hyperparams": {"buffer_size": 100_000, "learning_starts": 1_000, **hyperparams}}


_MANY: Table = {
    "n_envs": 16,
    "total_timesteps": 500_000,
    "hyperparams": {"buffer_size": 100_000, "learning_starts": 2_000, "train_freq": 1, "gamma": 0.97},
}
_CARTPOLE_Q: Table = {
    "n_envs": 1,
    "total_timesteps": 50_000,
    "evaluation": {"freq": 10_000},
    "hyperparams": {
        "learning_rate": 2.3e-3,
        "batch_size": 64,
        "learning_starts": 1_000,
        "gamma": 0.99,
        "target_update_interval": 10,
        "train_freq": 256,
        "gradient_steps": 128,
        "exploration_fraction": 0.16,
        "exploration_final_eps": 0.04,
        "policy_kwargs": {"net_arch": [256, 256]},
    },
}
_PENDULUM: Table = {"n_envs": 1, "total_timesteps": 20_000, "evaluation": {"freq": 5_000}}

BY_ALGORITHM: dict[str, Recipes] = {
    "ppo": Recipes(WIDE, SERIAL, BY_FAMILY, BY_WORLD),
    "dqn": _others(
        {**_MANY, "hyperparams": {**_MANY["hyperparams"], "batch_size": 128, "exploration_fraction": 0.2}},
        _replaying(),
        {"CartPole-v1": _CARTPOLE_Q},
    ),
    "qrdqn": _others(
        {**_MANY, "hyperparams": {**_MANY["hyperparams"], "batch_size": 128, "exploration_fraction": 0.2}},
        _replaying(),
        {"CartPole-v1": _CARTPOLE_Q},
    ),
    "sac": _others(_MANY, _replaying(), {"Pendulum-v1": {**_PENDULUM, "hyperparams": {"learning_rate": 1e-3}}}),
    "td3": _others(
        _MANY,
        _replaying(action_noise=0.1),
        {"Pendulum-v1": {**_PENDULUM, "hyperparams": {"gamma": 0.98, "policy_kwargs": {"net_arch": [400, 300]}}}},
    ),
    "a2c": _others(
        {"n_envs": 64, "total_timesteps": 3_000_000, "hyperparams": {"n_steps": 16, "gamma": 0.97, "ent_coef": 0.01}},
        {"n_envs": 8},
        {"CartPole-v1": {"n_envs": 8, "total_timesteps": 500_000}},
    ),
    "recurrentppo": _others(
        {"n_envs": 64, "total_timesteps": 1_000_000, "hyperparams": {"batch_size": 512, "ent_coef": 0.01}},
        {"n_envs": 8},
    ),
    "maskableppo": _others(WIDE, SERIAL),
}
"""By the name of the algorithm in Stable-Baselines3, in small letters; numbers not stated are the algorithm's own."""

ANY = _others({}, {})
"""For an algorithm that has none of these: its own numbers."""
