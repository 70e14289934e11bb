"""What a `VecEnv` offers of senses and of who is there: asked here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.steering.bound_module import Floats
from dualbrain.steering.sense import Sense
from dualbrain.worlds.vec_env.gathered import SenseVecWrapper, declared_by

Flags = NDArray[np.bool_]


class SensedVecEnv(Protocol):
    """The part of a `VecEnv` that hands out senses as arrays."""

    senses: Mapping[str, Sense]
    """The senses on offer, by name."""

    def transition_senses(self) -> Mapping[str, Floats]:
        """Return the senses ``{name: (N,)}`` that the last step earned, at an episode's end the final ones."""

    def reset_senses(self) -> Mapping[str, Floats]:
        """Return the senses ``{name: (N,)}`` under which the next action is taken."""


def as_sensed(venv: VecEnv, wanted: Iterable[str] | None = None) -> Any:
    """Return a `VecEnv` that is a `SensedVecEnv` too: itself, or a wrapper that gathers the ``wanted`` senses.

    None wants all that the environments declare, and ``visits``. Raises `UserError` as `SenseVecWrapper` does.
    """
    if hasattr(venv, "transition_senses"):
        return venv
    return SenseVecWrapper(venv, [*declared_by(venv), "visits"] if wanted is None else wanted)


class Presence:
    """Which agents of a `VecEnv` are there: all, where it knows no absence."""

    def __init__(self, venv: VecEnv):
        self._venv: Any = venv
        self._everybody = np.ones(venv.num_envs, np.bool_)
        self._known = all(hasattr(venv, name) for name in ("present", "alive"))

    def present(self) -> Flags:
        """Return ``(N,)`` whose agent took part in the last step."""
        present: Flags = self._venv.present() if self._known else self._everybody
        return present

    def alive(self) -> Flags:
        """Return ``(N,)`` whose agent takes part in the next step."""
        alive: Flags = self._venv.alive() if self._known else self._everybody
        return alive
