"""Recommended hyperparameters by world, as numbers of a run's configuration."""

from __future__ import annotations

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
"""For lives of a few hundred steps, under a small view: with pictures, choose ``cortex:cnn`` and train for longer."""

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
