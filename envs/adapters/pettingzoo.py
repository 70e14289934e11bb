"""PettingZoo's worlds (Terry et al., 2021): ids ``pettingzoo/<module>``, and senses where a world shows them."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pettingzoo  # noqa: F401  a missing package is told when an id of it is asked for

from dualbrain.adapter import WorldAdapter
from dualbrain.senses import Sense
from envs.adapters.agent_rows import check_module

PREFIX = "pettingzoo/"
NEAR = 0.1
SPREAD = (
    Sense("landmark_distance", 0.0, unit="world width / 2", meaning="distance to the nearest landmark"),
    Sense("landmark_near", 0.0, 1.0, "flag", "a landmark is within 0.1"),
    Sense("collisions", 0.0, unit="count", meaning="others that this agent touches"),
    Sense("exertion", 0.0, 1.0, "share", "effort of this step: 1 for a push"),
)
ZOMBIES = (
    Sense("zombie_distance", 0.0, 1.0, "screen diagonals", "distance to the nearest zombie, 1 for none in sight"),
    Sense("zombie_near", 0.0, 1.0, "flag", "a zombie is within 0.1"),
    Sense("killed", 0.0, unit="count", meaning="zombies that this agent killed in this step"),
    Sense("damage", 0.0, 1.0, "share", "1 for being killed in this step"),
)


def spread(world: Any, agent: str, action: Any, reward: float) -> dict[str, float]:  # noqa: ARG001
    """Sense MPE2's ``simple_spread_v3`` for one agent, from where everybody is."""
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


def zombies(world: Any, agent: str, action: Any, reward: float) -> dict[str, float]:  # noqa: ARG001
    """Sense ``knights_archers_zombies_v11`` for one agent."""
    game = world.unwrapped
    me, size = game.agent_map[agent], np.array(game.screen_dims)
    offsets = [np.subtract(zombie.rect.center, me.rect.center) / size for zombie in game.zombie_list]
    nearest = min((float(np.linalg.norm(offset) / np.sqrt(2.0)) for offset in offsets), default=1.0)
    return {
        "zombie_distance": min(nearest, 1.0),
        "zombie_near": float(nearest < NEAR),
        "killed": float(reward),
        "damage": float(not me.is_alive),
    }


SENSED = {
    "mpe2.simple_spread_v3": (SPREAD, spread),
    "pettingzoo.butterfly.knights_archers_zombies_v11": (ZOMBIES, zombies),
}
"""By module: senses, and what reads them; other worlds offer ``extrinsic_reward`` and ``visits`` alone."""


def register(env_id: str) -> None:
    """Register ``pettingzoo/<module>`` with Gymnasium, as a batch in which every agent is a row.

    Raises `UserError` where there is no such module.
    """
    module = env_id.removeprefix(PREFIX)
    if env_id in gymnasium.registry:
        return
    check_module(module)
    kwargs = dict(zip(("module", "declared", "feel"), (module, *SENSED.get(module, ())), strict=False))
    gymnasium.register(env_id, vector_entry_point="envs.adapters.agent_rows:AgentRows", kwargs=kwargs)


ADAPTER = WorldAdapter(register=register, examples=tuple(PREFIX + module for module in SENSED))
