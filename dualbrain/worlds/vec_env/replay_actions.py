"""Store the executed action in a replay buffer where a reflex replaced the policy's.

An off-policy algorithm learns from executed actions, reflexes included. Those of Stable-Baselines3 store an array of
actions (``buffer_actions`` in `OffPolicyAlgorithm.collect_rollouts`) after the step. For Discrete actions, the only
ones that reflexes pre-empt, it is the array that the step was asked for with, so that what is written there is stored.
An on-policy algorithm must keep the action that it sampled, to which its log-probability belongs.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.off_policy_algorithm import OffPolicyAlgorithm
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.errors import UserError


def tell_learner(asked: NDArray[Any], executed: NDArray[Any]) -> None:
    """Write the ``executed`` actions into those ``asked`` for, if an off-policy algorithm is about to store them.

    Raises `UserError` where such an algorithm stores another array.
    """
    frame = _asking()
    if frame is None or not isinstance(frame.f_locals.get("self"), OffPolicyAlgorithm):
        return
    stored = frame.f_locals.get("buffer_actions")
    if not (isinstance(stored, np.ndarray) and np.shares_memory(stored, asked)):
        learner = type(frame.f_locals["self"]).__name__
        raise UserError(f"{learner} stores other actions than it asks for, so no reflex can tell it what was done")
    asked[...] = executed


def _asking() -> FrameType | None:
    """Return the frame of the first caller that is not a `VecEnv`, which requested this step."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and isinstance(frame.f_locals.get("self"), VecEnv):
        frame = frame.f_back
    return frame
