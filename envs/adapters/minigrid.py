"""Senses of MiniGrid and BabyAI (Chevalier-Boisvert et al., 2023): what is in view, in the hand, and what happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import minigrid  # noqa: F401  registers its worlds with Gymnasium
import numpy as np
from minigrid.core.world_object import Door

from dualbrain.steering.sense import Sense
from dualbrain.worlds.adapter import WorldAdapter
from dualbrain.worlds.sense_wrappers import SenseWrapper
from dualbrain.worlds.state_map import StateMap

BEGINNINGS = ("BabyAI-", "MiniGrid-")
EXTRA = "minigrid"
IN_VIEW = ("goal", "key", "door", "ball", "box", "lava")
SENSES = (
    *(Sense(f"{kind}_in_view", 0.0, 1.0, "flag", f"a {kind} is in the field of view") for kind in IN_VIEW),
    Sense("facing_something", 0.0, 1.0, "flag", "there is something ahead that is no wall"),
    Sense("carrying", 0.0, 1.0, "flag", "something is in the hand"),
    Sense("picked_up", 0.0, 1.0, "event", "something was taken up in this step"),
    Sense("dropped", 0.0, 1.0, "event", "something was put down in this step"),
    Sense("door_opened", 0.0, 1.0, "event", "a door went open in this step"),
    Sense("bumped", 0.0, 1.0, "event", "a step forward led nowhere"),
    Sense("damage", 0.0, 1.0, "share", "1 for a step into lava, which is deadly"),
    Sense("exertion", 0.0, 1.0, "share", "effort of this step: a move or handling 1, a turn a half, done 0"),
)
TILE = 24
"""Pixels of a cell in the picture of the map."""
EFFORT = (0.5, 0.5, 1.0, 1.0, 1.0, 1.0, 0.0)
"""By action: left, right, forward, pickup, drop, toggle, done."""


class Body:
    """Senses of one world; events are changes from the step before."""

    def __call__(self, env: Any, obs: Any, action: Any, info: Mapping[str, Any]) -> dict[str, float]:  # noqa: ARG002
        """Return the senses of this step; at reset nothing has happened yet."""
        world = env.unwrapped
        ahead, here = world.grid.get(*world.front_pos), world.grid.get(*world.agent_pos)
        now = (tuple(world.agent_pos), world.carrying is not None, isinstance(ahead, Door) and ahead.is_open)
        at, carried, was_open = self._before if action is not None else now
        self._before: tuple[Any, bool, bool] = now
        view, visible = world.gen_obs_grid()
        seen = {thing.type for thing, shown in zip(view.grid, visible.T.ravel(), strict=True) if thing and shown}
        return {
            **{f"{kind}_in_view": float(kind in seen) for kind in IN_VIEW},
            "facing_something": float(ahead is not None and ahead.type != "wall"),
            "carrying": float(now[1]),
            "picked_up": float(now[1] and not carried),
            "dropped": float(carried and not now[1]),
            "door_opened": float(action == world.actions.toggle and now[2] and not was_open),
            "bumped": float(action == world.actions.forward and now[0] == at),
            "damage": float(action is not None and here is not None and here.type == "lava"),
            "exertion": 0.0 if action is None else EFFORT[int(action)],
        }


class Mapped(SenseWrapper[Any, Any]):
    """Adds the observations from each free cell, in all four directions."""

    def state_map(self, seed: int) -> StateMap:
        """Return what is seen as the world of a seed begins; leaves this world there."""
        self.env.reset(seed=seed)
        world: Any = self.env.unwrapped
        picture = world.get_frame(highlight=False, tile_size=TILE)
        free = [(x, y) for y in range(world.height) for x in range(world.width) if _can_stand(world.grid.get(x, y))]
        places = [(*cell, way) for cell in free for way in range(4)]
        seen = [_look(world, *place) for place in places]
        observations = {key: np.array([look[key] for look in seen]) for key in seen[0]}
        return StateMap(observations, np.array(places)[:, 1::-1], (world.height, world.width), picture)


def _can_stand(thing: Any) -> bool:
    return thing is None or bool(thing.can_overlap())


def _look(world: Any, x: int, y: int, way: int) -> Any:
    world.agent_pos, world.agent_dir = np.array((x, y)), way
    return world.gen_obs()


ADAPTER = WorldAdapter(
    wrap=lambda env: Mapped(env, Body(), SENSES), examples=("MiniGrid-DoorKey-5x5-v0", "BabyAI-GoToLocal-v0")
)
