"""Vectors of environments of every kind that people bring, made by Stable-Baselines3, SuperSuit and others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box
from mpe2 import simple_spread_v3
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import (
    DummyVecEnv,
    SubprocVecEnv,
    VecCheckNan,
    VecEnv,
    VecExtractDictObs,
    VecFrameStack,
    VecMonitor,
    VecNormalize,
    VecTransposeImage,
)
from supersuit import concat_vec_envs_v1, pettingzoo_env_to_vec_env_v1

from tests.sample_worlds.kinds import Drawn, Plain, seeing

N = 4


class Simulator(gymnasium.Env[Any, Any]):
    """What steps by itself beneath a vector that only looks like one of Stable-Baselines3's."""

    observation_space = Box(-1.0, 1.0, (3,), np.float32)
    action_space = Box(-1.0, 1.0, (2,), np.float32)
    num_envs = N


class OfASimulator(VecEnv):
    """The shape of Isaac Lab's wrapper: ``unwrapped`` is the simulator, and most questions are not answered."""

    def __init__(self) -> None:
        self.env, self.t = Simulator(), 0
        self.render_mode = None
        VecEnv.__init__(self, N, self.env.observation_space, self.env.action_space)

    @property
    def unwrapped(self) -> Any:
        return self.env.unwrapped

    def reset(self) -> Any:
        self.t = 0
        return np.zeros((N, 3), np.float32)

    def step_async(self, actions: Any) -> None:
        self.actions = actions

    def step_wait(self) -> Any:
        self.t += 1
        dones = np.full(N, self.t % 10 == 0)
        infos = [{"terminal_observation": np.zeros(3, np.float32)} if done else {} for done in dones]
        return np.zeros((N, 3), np.float32), np.ones(N, np.float32), dones, infos

    def close(self) -> None:
        pass

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        return [getattr(self.env, attr_name)] * N

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        raise NotImplementedError

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> list[Any]:
        raise NotImplementedError

    def env_is_wrapped(self, wrapper_class: type[Any], indices: Any = None) -> list[bool]:
        return [False]

    def get_images(self) -> Sequence[Any]:
        raise NotImplementedError


@dataclass(frozen=True)
class Vector:
    """One kind of vector."""

    name: str
    make: Callable[[], Any]
    refused: str = ""
    """What the one line of the refusal says, a regular expression; empty where everything works."""


def several(make: Callable[[], gymnasium.Env[Any, Any]] = Plain) -> VecEnv:
    """Return N environments, monitored."""
    return make_vec_env(make, N)


def _of_supersuit() -> Any:
    game = simple_spread_v3.parallel_env(N=N, max_cycles=12)
    rows = pettingzoo_env_to_vec_env_v1(game)
    return concat_vec_envs_v1(rows, 1, base_class="stable_baselines3")


VECTORS = [
    Vector("a plain one", several),
    Vector("VecNormalize", lambda: VecNormalize(several())),
    Vector("VecNormalize of observations", lambda: VecNormalize(several(), norm_reward=False)),
    Vector("VecNormalize of rewards", lambda: VecNormalize(several(), norm_obs=False)),
    Vector("VecFrameStack", lambda: VecFrameStack(several(), 3)),
    Vector("VecFrameStack of VecNormalize", lambda: VecFrameStack(VecNormalize(several()), 3)),
    Vector("VecNormalize of VecFrameStack", lambda: VecNormalize(VecFrameStack(several(), 3))),
    Vector("VecMonitor", lambda: VecMonitor(DummyVecEnv([Plain] * N))),
    Vector("VecCheckNan", lambda: VecCheckNan(several(), raise_exception=True)),
    Vector("VecTransposeImage", lambda: VecTransposeImage(several(seeing(Box(0, 255, (40, 40, 3), np.uint8))))),
    Vector(
        "VecExtractDictObs",
        lambda: VecExtractDictObs(several(seeing(gymnasium.spaces.Dict(a=Box(-1, 1, (2,)), b=Box(-1, 1, (2,))))), "a"),
    ),
    Vector("SubprocVecEnv", lambda: SubprocVecEnv([Plain] * 2, start_method="fork")),
    Vector("drawn environments", lambda: several(partial(Drawn, render_mode="rgb_array"))),
    Vector("of a simulator", OfASimulator),
    Vector("of SuperSuit", _of_supersuit),
    Vector("of Gymnasium", lambda: gymnasium.make_vec("CartPole-v1", 2), "(?i)VecEnv"),
    Vector("none at all", lambda: 7, "(?i)environment"),
]
