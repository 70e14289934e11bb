"""Senses of MPE2's ``simple_spread_v3`` (Lowe et al., 2017): agents that cover landmarks together."""

from __future__ import annotations

from typing import Any

import numpy as np

from dualbrain.steering.sense import Sense

NEAR = 0.1
SPREAD = (
    Sense("landmark_distance", 0.0, unit="world width / 2", meaning="distance to the nearest landmark"),
    Sense("landmark_near", 0.0, 1.0, "flag", "a landmark is within 0.1"),
    Sense("collisions", 0.0, unit="count", meaning="others that this agent touches"),
    Sense("exertion", 0.0, 1.0, "share", "effort of this step: 1 for a push"),
)


def spread(world: Any, agent: str, action: Any, reward: float) -> dict[str, float]:  # noqa: ARG001
    """Sense MPE2's ``simple_spread_v3`` for one agent, from the positions of all agents."""
    places = {thing.name: thing for thing in world.unwrapped.world.entities}
    me = places[agent]
    far = {name: float(np.linalg.norm(thing.state.p_pos - me.state.p_pos)) for name, thing in places.items()}
    landmark = min(distance for name, distance in far.items() if name.startswith("landmark"))
    others = [name for name in world.possible_agents if name != agent]
    return {
        "landmark_distance": landmark,
        "landmark_near": float(landmark < NEAR),
        "collisions": float(sum(far[name] < me.size + places[name].size for name in others)),
        "exertion": float(action is not None and bool(np.any(action))),
    }
