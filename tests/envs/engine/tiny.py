"""Worlds small enough to compute by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from dualbrain.steering.sense import Sense
from envs.engine.declarations import Creature, Level, Thing
from envs.engine.ground import WALL_KIND
from envs.engine.state import PRESENT
from envs.engine.world import World
from envs.single import SingleWorld

ENERGY = Level("energy", (0.5, 0.5), drain=0.01, lethal=True)
ATE = Sense("ate", 0.0, 1.0, "event", "1 if food was consumed")


def meadow(*things: Thing, **fields: Any) -> World:
    """Declare a square of 5 cells with one level, 0.5 at birth."""
    return World(
        **{"name": "Meadow", "levels": (ENERGY,), "things": things, "events": (ATE,), "size": 5, "view": 3, **fields}
    )


def cave(size: int = 9, **creature: Any) -> World:
    """Declare a square with one spider that always moves when it hunts."""
    spider = Creature(
        "spider", 1, "spider", **{"speed": 1.0, "wander": 0.0, "bite": {"energy": -0.2}, "pain": 0.5, **creature}
    )
    return meadow(size=size, creatures=(spider,), view=9)


def born(world: World, seed: int = 0) -> SingleWorld:
    """Return the world with a first episode begun."""
    env = SingleWorld(world)
    env.reset(seed=seed)
    return env


def cell(env: SingleWorld, row: int, column: int) -> int:
    """Return the number of a cell of the square."""
    tables = env.batch.tables
    return (tables.pad + row) * (tables.size + 2 * tables.pad) + tables.pad + column


def stand(env: SingleWorld, row: int, column: int) -> None:
    """Put the agent on a cell."""
    env.batch.state.agent[0] = cell(env, row, column)


def lay(env: SingleWorld, m: int, row: int, column: int) -> None:
    """Put thing ``m`` on a cell."""
    state = env.batch.state
    state.grid[0, state.place[0, m]] = 0
    state.place[0, m], state.due[0, m] = cell(env, row, column), PRESENT
    state.grid[0, state.place[0, m]] = env.batch.tables.thing_kind[m]


def loose(env: SingleWorld, c: int, row: int, column: int) -> None:
    """Put creature ``c`` on a cell."""
    env.batch.state.creature[0, c] = cell(env, row, column)


def wall(env: SingleWorld, row: int, column: int) -> None:
    """Raise a wall on a cell."""
    env.batch.state.grid[0, cell(env, row, column)] = WALL_KIND


def where(env: SingleWorld) -> tuple[int, int]:
    """Return row and column of the agent."""
    return _place(env.probes.where("agent")[0, 0])


def where_creature(env: SingleWorld, c: int = 0) -> tuple[int, int]:
    """Return row and column of a creature; there is one kind of them."""
    return _place(env.probes.where(env.probes.world.creatures[0].name)[0, c])


def _place(found: Any) -> tuple[int, int]:
    row, column = found.tolist()
    return row, column


def do(env: SingleWorld, action: int) -> dict[str, float]:
    """Take one step and return the senses."""
    senses: dict[str, float] = env.step(np.int64(action))[4]["senses"]
    return senses


def meet(env: SingleWorld, j: int, row: int, column: int) -> None:
    """Put person ``j`` on a cell."""
    person(env, j)["cell"] = cell(env, row, column)


def person(env: SingleWorld, j: int = 0) -> Any:
    """Return the record of a person, `PERSON_STATE`, that reads and writes the world's own."""
    return env.batch.state.society.person[0, j]


def where_person(env: SingleWorld, j: int = 0) -> tuple[int, int]:
    """Return row and column of a person."""
    tables = env.batch.tables
    here = person(env, j)["cell"]
    return int(tables.row[here]) - tables.pad, int(tables.column[here]) - tables.pad


def seen(env: SingleWorld, obs: Any, plane: str) -> list[tuple[int, int]]:
    """Return the cells marked in a plane of the view: rows south and columns east of the agent."""
    layout = env.layout
    marked = obs[layout.view].reshape(layout.view_shape)[layout.planes.index(plane)]
    return [
        (int(row) - layout.view_shape[1] // 2, int(column) - layout.view_shape[2] // 2)
        for row, column in zip(*marked.nonzero(), strict=True)
    ]
