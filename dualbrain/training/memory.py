"""Check that a rollout fits into memory."""

from __future__ import annotations

import math
import os
from typing import Any

from gymnasium import spaces
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.errors import UserError

BESIDE = 64
"""Bytes of a row beside its observation, about: actions, values, returns, signals."""
GIB = 2**30


def check_memory(world: VecEnv, hyperparams: dict[str, Any]) -> None:
    """Raise `UserError` where a rollout, or a replay buffer, is larger than all memory of the machine."""
    rows = max(int(hyperparams.get("n_steps", 1)) * world.num_envs, int(hyperparams.get("buffer_size", 1)))
    needed, there = rows * (_bytes(world.observation_space) + BESIDE), machine_memory()
    if needed > there:
        kept = f"{rows:,} rows of experience need {needed / GIB:,.0f} GiB and this machine has {there / GIB:,.0f}"
        raise UserError(f"{kept}: choose fewer parallel worlds, or a smaller n_steps or buffer_size")


def _bytes(space: spaces.Space[Any]) -> int:
    if isinstance(space, spaces.Dict):
        return sum(map(_bytes, space.spaces.values()))
    return math.prod(space.shape or (1,)) * (space.dtype.itemsize if space.dtype is not None else 8)


def machine_memory() -> float:
    """Return the bytes of memory of this machine, infinity where it does not say."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return math.inf
