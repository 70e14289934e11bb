"""MO-Gymnasium (Felten et al., 2023): every component of the vector reward is a sense, and the score is their sum."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from mo_gymnasium.utils import make

from dualbrain.steering.sense import Sense
from dualbrain.worlds.adapter import WorldAdapter
from dualbrain.worlds.sense_wrappers import SenseWrapper

BEGINNINGS = (
    "breakable-bottles-",
    "deep-sea-treasure-",
    "fishwood-",
    "four-room-",
    "fruit-tree-",
    "minecart-",
    "mo-",
    "resource-gathering-",
    "water-reservoir-",
)
EXTRA = "mo-gymnasium"
COMPONENTS = {
    "deep-sea-treasure": ("treasure", "time"),
    "resource-gathering": ("killed", "gold", "gem"),
    "four-room": ("blue_square", "green_triangle", "red_circle"),
    "fishwood": ("wood", "fish"),
    "breakable-bottles": ("time", "delivered", "dropped"),
    "minecart": ("first_ore", "second_ore", "fuel"),
    "fruit-tree": ("protein", "carbohydrates", "fats", "vitamins", "minerals", "water"),
}
"""What the components of the reward are, in their order, by the beginning of the id; others are numbered."""


class Summed(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Pay the sum of a vector reward, as a Python float; the vector ``(D,)`` itself is in ``info["vector_reward"]``.

    A reward that is one number already, as inside of a `mo_gymnasium.wrappers.LinearReward`, stays as it is.
    """

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Step, and add up."""
        obs, vector, terminated, truncated, info = self.env.step(action)
        earned = np.array(vector, np.float64)
        if earned.ndim == 0:
            return obs, float(earned), bool(terminated), bool(truncated), info
        return obs, float(earned.sum()), bool(terminated), bool(truncated), {**info, "vector_reward": earned}


def senses_of(env: gymnasium.Env[Any, Any]) -> list[Sense]:
    """Return one sense per component, called as in `COMPONENTS`, or else ``objective_0``, ``objective_1``..."""
    space, env_id = env.get_wrapper_attr("reward_space"), env.spec.id if env.spec else ""
    named = next((names for beginning, names in COMPONENTS.items() if env_id.startswith(beginning)), ())
    names = named if len(named) == len(space.low) else [f"objective_{i}" for i in range(len(space.low))]
    return [
        Sense(name, min(float(low), 0.0), max(float(high), 0.0), "score", f"component {i} of the reward in this step")
        for i, (name, low, high) in enumerate(zip(names, space.low, space.high, strict=True))
    ]


def wrap(env: gymnasium.Env[Any, Any]) -> gymnasium.Env[Any, Any]:
    """Give a world its components as senses, 0 at reset, and their sum as its score."""
    senses = senses_of(env)
    names, nothing = [sense.name for sense in senses], [0.0] * len(senses)

    def components(env: Any, obs: Any, action: Any, info: Any) -> dict[str, float]:  # noqa: ARG001
        parts = nothing if action is None else info.get("vector_reward")
        return {} if parts is None else dict(zip(names, parts, strict=True))

    return SenseWrapper(Summed(env), components, senses)


ADAPTER = WorldAdapter(make, wrap, examples=("deep-sea-treasure-v0", "resource-gathering-v0"))
