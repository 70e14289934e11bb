"""Check that a world's observation and action spaces equal an agent's."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces
from stable_baselines3.common.preprocessing import is_image_space, is_image_space_channels_first
from stable_baselines3.common.vec_env import VecEnv, VecTransposeImage

from dualbrain.errors import UserError

Space = spaces.Space[Any]


def check_world(observations: Space, actions: Space, venv: VecEnv) -> None:
    """Raise `UserError` where a world has other ``observations`` or ``actions`` than an agent.

    Bounds of observations may differ; those of actions may not.
    """
    check_observations(observations, venv)
    if not _same_actions(actions, venv.action_space):
        _compare("actions", _brief(actions), _brief(venv.action_space))


def check_observations(known: Space, venv: VecEnv) -> None:
    """Raise `UserError` where a world's observations have another shape than the ``known`` ones."""
    _compare("observations", _shapes(known), _shapes(venv.observation_space))


def _shapes(space: Space) -> Any:
    """Return the shape of a space, by part where it has parts; channels of a picture come first, as in training."""
    if isinstance(space, spaces.Dict):
        return {key: _shapes(part) for key, part in space.spaces.items()}
    if isinstance(space, spaces.Box) and is_image_space(space) and not is_image_space_channels_first(space):
        return VecTransposeImage.transpose_space(space).shape
    return space.shape


def _same_actions(ours: Space, theirs: Space) -> bool:
    if isinstance(ours, spaces.Box) and isinstance(theirs, spaces.Box):  # in whatever precision
        same = ours.shape == theirs.shape
        return same and np.allclose(ours.low, theirs.low) and np.allclose(ours.high, theirs.high)
    return ours == theirs


def _compare(what: str, known: Any, given: Any) -> None:
    if known != given:
        raise UserError(f"this world does not fit the brain: its {what} are {given}, those it knows are {known}")


def _brief(space: Space) -> str:
    return " ".join(str(space).split())
