"""Senses of Crafter: the levels of the body under the names that drives read, and their changes as events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import envs.adapters.crafter_world  # noqa: F401  registers Crafter with Gymnasium, if it is installed
from dualbrain.steering.sense import Sense
from dualbrain.worlds.adapter import WorldAdapter
from dualbrain.worlds.sense_wrappers import SenseWrapper

BEGINNINGS = ("Crafter",)
EXTRA = "crafter"
FULL, MEAL = 9.0, 6.0
"""A full store, and the food in a cow."""
SENSES = (
    Sense("health", 0.0, 1.0, "share", "health, of a full store"),
    Sense("energy", 0.0, 1.0, "share", "food in the body, of a full store"),
    Sense("hydration", 0.0, 1.0, "share", "water in the body, of a full store"),
    Sense("stamina", 0.0, 1.0, "share", "wakefulness (Crafter's energy), of a full store"),
    Sense("ate", 0.0, 1.0, "share", "food taken in this step, of a cow; to a full body nothing goes in"),
    Sense("drank", 0.0, 1.0, "share", "water taken in this step, of a mouthful; to a full body nothing goes in"),
    Sense("damage", 0.0, 1.0, "share", "health lost in this step, of a full store"),
    Sense("sleeping", 0.0, 1.0, "flag", "the body is asleep"),
    Sense("exertion", 0.0, 1.0, "share", "effort of this step: being awake is what tires here"),
    Sense("daylight", 0.0, 1.0, "share", "how light it is"),
    Sense("threat_near", 0.0, 1.0, "flag", "a zombie, a skeleton or an arrow is within 4 cells"),
    Sense("achieved", 0.0, 1.0, "event", "something was achieved for the first time in this life"),
)


class Body:
    """Senses of one body; events are changes from the step before."""

    def __call__(self, env: Any, obs: Any, action: Any, info: Mapping[str, Any]) -> dict[str, float]:  # noqa: ARG002
        """Return the senses of this step; at reset nothing has happened yet."""
        now, done = dict(info["inventory"]), sum(count > 0 for count in info["achievements"].values())
        if action is None:
            self._before, self._done = now, done
        gain = {name: now[name] - self._before[name] for name in ("health", "food", "drink")}
        achieved, self._before, self._done = done > self._done, now, done
        return {
            "health": now["health"] / FULL,
            "energy": now["food"] / FULL,
            "hydration": now["drink"] / FULL,
            "stamina": now["energy"] / FULL,
            "ate": min(max(gain["food"], 0) / MEAL, 1.0),
            "drank": min(float(max(gain["drink"], 0)), 1.0),
            "damage": max(-gain["health"], 0) / FULL,
            "sleeping": float(info["sleeping"]),
            "exertion": float(action is not None and not info["sleeping"]),
            "daylight": info["daylight"],
            "threat_near": float(info["threat"] <= 4),
            "achieved": float(achieved),
        }


ADAPTER = WorldAdapter(wrap=lambda env: SenseWrapper(env, Body(), SENSES), examples=("CrafterReward-v1",))
