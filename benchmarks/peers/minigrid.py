"""MiniGrid (Chevalier-Boisvert et al., 2023) in Stable-Baselines3's `DummyVecEnv`."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from minigrid.wrappers import ImgObsWrapper
from stable_baselines3.common.vec_env import DummyVecEnv

from benchmarks.interleaved_timing import Rollout, stepping


def rollout(n: int) -> Rollout:
    """Return what takes some steps in ``n`` environments, and says how many."""

    def image() -> gymnasium.Env[Any, Any]:
        environment: gymnasium.Env[Any, Any] = ImgObsWrapper(gymnasium.make("MiniGrid-Empty-8x8-v0"))  # type: ignore[no-untyped-call]
        return environment

    batch = DummyVecEnv([image] * n)
    batch.seed(0)
    batch.reset()
    return stepping(batch.step, np.random.default_rng(0).integers(0, 7, (32, n)))
