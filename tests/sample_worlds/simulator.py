"""A simulator of several robots as a `VecEnv` that shares little with Stable-Baselines3's own."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from stable_baselines3.common.vec_env import VecEnv

ROBOTS, LENGTH = 4, 10


class Simulator(gymnasium.Env[Any, Any]):
    """All robots; it knows nothing of Stable-Baselines3."""

    observation_space = spaces.Box(-1.0, 1.0, (3,))
    action_space = spaces.Box(-1.0, 1.0, (2,))


class SimulatorVecEnv(VecEnv):
    """Wraps a `Simulator` as Isaac Lab's wrapper does: ``unwrapped`` is the simulator, and little else can be asked."""

    def __init__(self) -> None:
        self.simulator = Simulator()
        self.num_envs, self.render_mode, self.t = ROBOTS, None, 0
        self.observation_space, self.action_space = Simulator.observation_space, Simulator.action_space

    @property
    def unwrapped(self) -> Any:
        return self.simulator.unwrapped

    def reset(self) -> Any:
        self.t = 0
        return self._look()

    def step_async(self, actions: Any) -> None:
        self.actions = actions

    def step_wait(self) -> Any:
        self.t += 1
        dones = np.full(ROBOTS, self.t % LENGTH == 0)
        return self._look(), np.ones(ROBOTS, np.float32), dones, self._infos(dones)

    def _look(self) -> Any:
        return np.full((ROBOTS, 3), self.t % LENGTH / LENGTH, np.float32)

    def _infos(self, dones: Any) -> Any:
        return [{"terminal_observation": np.ones(3, np.float32)} if done else {} for done in dones]

    def close(self) -> None:
        pass

    def seed(self, seed: int | None = None) -> Any:
        return [seed] * ROBOTS

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        return [getattr(self.simulator, attr_name)] * ROBOTS

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        raise NotImplementedError

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> list[Any]:
        raise NotImplementedError

    def env_is_wrapped(self, wrapper_class: Any, indices: Any = None) -> list[bool]:
        return [False]

    def get_images(self) -> Any:
        raise NotImplementedError
