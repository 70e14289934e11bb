"""Let Stable-Baselines3's `DummyVecEnv` hold parts of observations that have no shape, such as text.

A brain leaves such parts out, in training as in `predict`; but ``evaluate_policy(agent, gymnasium.make(...))`` puts the
world as it is into a `DummyVecEnv`, which ends with a TypeError for a space without a shape.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces
from stable_baselines3.common.vec_env import dummy_vec_env
from stable_baselines3.common.vec_env.util import obs_space_info

SpaceInfo = tuple[list[str], dict[Any, tuple[int, ...]], dict[Any, Any]]


def hold_any_part() -> None:
    """Make every `DummyVecEnv` keep parts without a shape as objects; others are kept as before."""
    vars(dummy_vec_env)["obs_space_info"] = _space_info


def _space_info(space: spaces.Space[Any]) -> SpaceInfo:
    """Return keys, shapes and dtypes of an observation space, ``()`` and object where it has no shape."""
    keys, shapes, dtypes = obs_space_info(space)
    shapeless = [key for key, shape in shapes.items() if shape is None]
    return keys, {**shapes, **dict.fromkeys(shapeless, ())}, {**dtypes, **dict.fromkeys(shapeless, np.dtype(object))}
