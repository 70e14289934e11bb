"""Count actions from 0 for an algorithm, in worlds that count from another number."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.errors import UserError
from dualbrain.worlds.vec_env.attributes import Layer


class CountFromZero(Layer):
    """Offer Discrete and MultiDiscrete actions counted from 0, and send the world its own: ``start`` more."""

    def __init__(self, venv: VecEnv):
        super().__init__(venv, action_space=from_zero(venv.action_space))
        self._start = np.asarray(venv.action_space.start)  # type: ignore[attr-defined]

    def reset(self) -> Any:
        """Reset all environments."""
        return self.venv.reset()

    def step_async(self, actions: NDArray[Any]) -> None:
        """Send actions ``(N, ...)``, counted from 0."""
        self.venv.step_async(actions + self._start)

    def step_wait(self) -> tuple[Any, NDArray[Any], NDArray[np.bool_], list[dict[str, Any]]]:
        """Return what the step brought."""
        return self.venv.step_wait()


def counted_from_zero(venv: VecEnv) -> VecEnv:
    """Return environments whose actions count from 0: themselves, unless theirs count from elsewhere."""
    space = venv.action_space
    elsewhere = isinstance(space, spaces.Discrete | spaces.MultiDiscrete) and np.any(space.start)
    return CountFromZero(venv) if elsewhere else venv


def from_zero(space: spaces.Space[Any]) -> spaces.Space[Any]:
    """Return a Discrete or MultiDiscrete space that counts from 0; any other as it is.

    >>> from_zero(spaces.Discrete(3, start=-1))
    Discrete(3)
    """
    if isinstance(space, spaces.Discrete):
        return spaces.Discrete(space.n)
    return spaces.MultiDiscrete(space.nvec) if isinstance(space, spaces.MultiDiscrete) else space


def check_actions(space: spaces.Space[Any]) -> None:
    """Raise `UserError` for actions that no policy of Stable-Baselines3 can choose."""
    chosen = isinstance(space, spaces.Box | spaces.Discrete)
    chosen |= isinstance(space, spaces.MultiDiscrete) and len(space.shape) == 1
    chosen |= isinstance(space, spaces.MultiBinary) and isinstance(space.n, int)
    if not chosen:
        supported = "Box, Discrete, and MultiDiscrete or MultiBinary of one dimension"
        raise UserError(f"the world's actions are {_brief(space)}, but an agent chooses among {supported}")
    if isinstance(space, spaces.Box) and not space.is_bounded():
        raise UserError(f"the world's actions are {_brief(space)}, but an agent needs finite lower and upper bounds")


def _brief(space: spaces.Space[Any]) -> str:
    return " ".join(str(space).split())
