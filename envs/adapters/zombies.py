"""Senses of PettingZoo's ``knights_archers_zombies_v11``: a line that must not be crossed."""

from __future__ import annotations

from typing import Any

import numpy as np

from dualbrain.steering.sense import Sense

NEAR = 0.1
ZOMBIES = (
    Sense("zombie_distance", 0.0, 1.0, "screen diagonals", "distance to the nearest zombie, 1 for none in sight"),
    Sense("zombie_near", 0.0, 1.0, "flag", "a zombie is within 0.1"),
    Sense("killed", 0.0, unit="count", meaning="zombies that this agent killed in this step"),
    Sense("damage", 0.0, 1.0, "share", "1 for being killed in this step"),
)


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
