"""Which agents of a `VecEnv` take part in a step."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv

Flags = NDArray[np.bool_]


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
