"""Read raw observations, rewards and scores of a world beneath Stable-Baselines3's wrappers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import (
    VecCheckNan,
    VecEnv,
    VecEnvWrapper,
    VecFrameStack,
    VecMonitor,
    VecNormalize,
    VecTransposeImage,
    VecVideoRecorder,
)

from dualbrain.worlds.vec_env.attributes import Layer

Step = tuple[Any, NDArray[Any], NDArray[np.bool_], list[dict[str, Any]]]
"""Observations ``(N, ...)``, rewards ``(N,)``, dones ``(N,)`` and infos, as `VecEnv.step_wait` returns them."""

SHOWN_OTHERWISE = (
    Layer,
    VecCheckNan,
    VecFrameStack,
    VecMonitor,
    VecNormalize,
    VecTransposeImage,
    VecVideoRecorder,
)
"""Wrappers that show a world in another way, and do not make another world of it."""


def world_beneath(venv: VecEnv) -> VecEnv:
    """Return the world that is normalised, stacked, transposed or monitored in ``venv``; itself if it is none of these.

    A wrapper of the user's own belongs to the world, unless it stands around a `VecNormalize`.
    """
    world = layer = venv
    while isinstance(layer, VecEnvWrapper):
        if isinstance(layer, VecNormalize):
            world = layer.venv
        layer = layer.venv
    while isinstance(world, SHOWN_OTHERWISE):
        world = world.venv
    return world


class RawWorld:
    """Reads what the world beneath ``venv`` gave, at the same step."""

    def __init__(self, venv: VecEnv):
        world = world_beneath(venv)
        between = _layers_above(venv, world)
        self._tap = None if all(isinstance(layer, Layer) for layer in between) else _Tap.on(world)

    def reset(self, obs: Any) -> Any:
        """Return the raw observations of a reset that ``venv`` answered with ``obs``."""
        return self._tap.obs if self._tap else obs

    def step(self, step: Step) -> Step:
        """Return the raw step of which ``venv`` made ``step``; infos have the raw ``terminal_observation``."""
        return self._tap.step if self._tap else step

    def mend_scores(self, dones: NDArray[np.bool_], infos: list[dict[str, Any]]) -> None:
        """Put the world's own score into ``infos[i]["episode"]`` of ended episodes, also outside a `VecNormalize`."""
        if self._tap:
            for i in np.flatnonzero(dones).tolist():
                if "episode" in infos[i]:
                    infos[i]["episode"] = {**infos[i]["episode"], "r": self._tap.score(i)}


class _Tap:
    """Keeps the last step of a world, before anything around it changes it in place.

    It takes the place of two methods of the one object, so that the layers around the world stay what they are: SB3
    compares them with those of an evaluation's environment.
    """

    def __init__(self, world: VecEnv):
        self._reset: Callable[[], Any] = world.reset
        self._step_wait: Callable[[], Step] = world.step_wait
        self.obs: Any = None
        self.step: Step = (None, np.zeros(world.num_envs), np.zeros(world.num_envs, bool), [])
        self._returns = np.zeros(world.num_envs)
        self._ended = self._returns
        vars(world).update(reset=self.reset, step_wait=self.step_wait)

    @classmethod
    def on(cls, world: VecEnv) -> _Tap:
        """Return the tap of a world, which needs but one."""
        there = getattr(vars(world).get("step_wait"), "__self__", None)
        return there if isinstance(there, _Tap) else cls(world)

    def reset(self) -> Any:
        self._returns = np.zeros_like(self._returns)
        self.obs = self._reset()
        return self.obs

    def step_wait(self) -> Step:
        obs, rewards, dones, infos = came = self._step_wait()
        self._ended = self._returns + rewards
        self._returns = np.where(dones, 0.0, self._ended)
        kept = list(infos)
        for i in np.flatnonzero(dones).tolist():
            kept[i] = dict(infos[i])
        self.obs, self.step = obs, (obs, rewards, dones, kept)
        return came

    def score(self, i: int) -> float:
        """Return the score of the episode that has just ended in environment ``i``: its monitor's, or added up."""
        episode = self.step[3][i].get("episode")
        return float(episode["r"] if episode else self._ended[i])


def _layers_above(venv: VecEnv, world: VecEnv) -> list[VecEnv]:
    layers: list[VecEnv] = []
    layer = venv
    while layer is not world and isinstance(layer, VecEnvWrapper):
        layers.append(layer)
        layer = layer.venv
    return layers
