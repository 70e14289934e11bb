"""Give an environment of another package senses, by an adapter; loads no torch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import gymnasium
from gymnasium.core import ActType, ObsType

from dualbrain.steering.sense import Sense, by_name

Adapter = Callable[[gymnasium.Env[Any, Any], Any, Any, Mapping[str, Any]], Mapping[str, float]]
"""``senses(env, obs, action, info) -> {name: float}``; at reset the action is None."""


class SenseWrapper(gymnasium.Wrapper[ObsType, ActType, ObsType, ActType]):
    """Give a third-party environment senses, put into ``info["senses"]``.

    They are what ``adapter(env, obs, action, info) -> {name: float}`` makes of every step; at reset the action is None.
    """

    def __init__(self, env: gymnasium.Env[ObsType, ActType], adapter: Adapter, senses: Iterable[Sense]):
        super().__init__(env)
        self._adapter = adapter
        self.senses = by_name(senses)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[ObsType, dict[str, Any]]:
        """Reset, and sense the first observation."""
        obs, info = self.env.reset(seed=seed, options=options)
        return obs, {**info, "senses": dict(self._adapter(self.env, obs, None, info))}

    def step(self, action: ActType) -> tuple[ObsType, Any, bool, bool, dict[str, Any]]:
        """Step, and sense the result."""
        obs, reward, terminated, truncated, info = self.env.step(action)
        info = {**info, "senses": dict(self._adapter(self.env, obs, action, info))}
        return obs, reward, terminated, truncated, info
