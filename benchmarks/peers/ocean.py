"""PufferLib's Ocean grid (Suarez, 2024), written in C."""

from __future__ import annotations

import numpy as np
from pufferlib.ocean import env_creator

from benchmarks.interleaved_timing import Rollout, stepping


def rollout(n: int) -> Rollout:
    """Return what takes some steps in ``n`` environments, and says how many."""
    batch = env_creator("puffer_grid")(num_envs=n)
    batch.reset(seed=0)
    return stepping(batch.step, np.random.default_rng(0).integers(0, 5, (32, n)))
