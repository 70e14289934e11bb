"""Move the people of world ``i``.

They walk straight to where they want to be. Where something is in the way they follow its edge, at a hand drawn by
chance, until they are nearer than where they met it and the straight way is free: each obstacle leaves them nearer, so
they arrive. Walls, agents and things are in the way, but not other people. One that has gone along an edge for four
sides of the square in vain is hasty: until it arrives it walks over things, so that they cannot shut it in.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from envs.engine.beings.creatures import nearest_agent, strides_towards
from envs.engine.beings.gazes import kind_now, looked_at, nearest_thing
from envs.engine.ground import WALL_KIND, distance, has_agent
from envs.engine.jit import inlined
from envs.engine.randomness import below, uniform
from envs.engine.society import NONE, SEEK, STAY, WANDER, WATCH
from envs.engine.state import State
from envs.engine.tables import Tables

BESIDE, IN_SIGHT = 1, 2
"""Distance that is kept from those sought, and from those watched."""
RIGHT, BACK, LEFT = 1, 2, 3
"""Quarters of a turn, clockwise as the actions that walk are."""


@inlined
def move(tables: Tables, state: State, i: int, person: Any, kind: Any, recipe: Any) -> None:
    """Let a person move in its manner."""
    if kind.manner == STAY:
        return
    if kind.manner == WANDER:
        if uniform(state.stream, i) < kind.speed:
            wander(tables, state, i, person)
    elif kind.manner == SEEK:
        if uniform(state.stream, i) < kind.speed:
            seek(tables, state, i, person, kind)
    elif kind.manner == WATCH:
        there = looked_at(state, i, person)
        if there != NONE and uniform(state.stream, i) < kind.speed:
            draw_near(tables, state, i, person, there, IN_SIGHT)
    else:
        work(tables, state, i, person, kind, recipe)


@inlined
def wander(tables: Tables, state: State, i: int, person: Any) -> None:
    """Step in a random direction, if nothing is in the way."""
    go(tables, state, i, person, tables.stride[1 + below(state.stream, i, 4)], NONE)


@inlined
def seek(tables: Tables, state: State, i: int, person: Any, kind: Any) -> None:
    """Step towards the nearest agent noticed, or away from it; wander without one."""
    there = state.agent[nearest_agent(tables, state, i, person.cell)]
    if distance(tables, person.cell, there) > kind.notice:
        wander(tables, state, i, person)
    elif person.away > 0:
        keep_off(tables, state, i, person, there)
    else:
        draw_near(tables, state, i, person, there, BESIDE)


@inlined
def keep_off(tables: Tables, state: State, i: int, person: Any, there: int) -> None:
    """Step away from a cell, by the shorter way if the longer is blocked."""
    first, second = strides_towards(tables, state, i, person.cell, there)
    if first == 0:
        wander(tables, state, i, person)
    elif not go(tables, state, i, person, -first, NONE):
        go(tables, state, i, person, -second, NONE)


@inlined
def work(tables: Tables, state: State, i: int, person: Any, kind: Any, recipe: Any) -> None:
    """Use the thing that it stands on until its time is over; walk to the next of the recipe."""
    choose_goal(tables, state, i, person, kind, recipe)
    if person.goal == NONE:
        return
    there = state.place[i, person.goal]
    if person.cell != there and uniform(state.stream, i) < kind.speed:
        draw_near(tables, state, i, person, there, 0)


@inlined
def choose_goal(tables: Tables, state: State, i: int, person: Any, kind: Any, recipe: Any) -> None:
    """Keep the thing that it works at or goes to, unless that is gone or done with."""
    if person.goal != NONE and kind_now(state, i, person.goal) == recipe[person.task]:
        if person.cell != state.place[i, person.goal]:
            return
        person.used += 1
        if person.used < kind.pause:
            return
        person.task = (person.task + 1) % kind.tasks
    person.used = 0
    person.goal = nearest_thing(tables, state, i, person.cell, recipe[person.task])
    arrive(person)


@inlined
def arrive(person: Any) -> None:
    """Forget the troubles of the way."""
    person.detour = 0
    person.hasty = False


@inlined
def draw_near(tables: Tables, state: State, i: int, person: Any, there: int, near: int) -> None:
    """Step towards a cell until one is near."""
    if distance(tables, person.cell, there) <= near:
        arrive(person)
    else:
        # Cells come in two widths; one of them, and the long way is compiled but once.
        approach(tables, state, i, person, int(np.int64(there)))


@inlined
def approach(tables: Tables, state: State, i: int, person: Any, there: int) -> None:
    """Step towards a cell; if an agent is on the last cell of the way, wait."""
    if person.detour > 0 and steps_between(tables, person.cell, there) >= person.least:
        follow_edge(tables, state, i, person, there)
        return
    first, second = strides_towards(tables, state, i, person.cell, there)
    if go(tables, state, i, person, first, there) or go(tables, state, i, person, second, there):
        person.detour = 0
    elif person.detour > 0:
        follow_edge(tables, state, i, person, there)
    elif not (distance(tables, person.cell, there) == BESIDE and has_agent(tables, state, i, there)):
        meet_edge(tables, state, i, person, there, first)
        follow_edge(tables, state, i, person, there)


@inlined
def steps_between(tables: Tables, a: int, b: int) -> int:
    """Return the number of steps between two cells."""
    return int(abs(tables.row[a] - tables.row[b]) + abs(tables.column[a] - tables.column[b]))


@inlined
def meet_edge(tables: Tables, state: State, i: int, person: Any, there: int, stride: int) -> None:
    """Turn so that what is in the way is at one hand."""
    person.least = steps_between(tables, person.cell, there)
    person.hand = RIGHT if below(state.stream, i, 2) == 0 else LEFT
    person.heading = turned(way_of(tables, stride), -person.hand)


@inlined
def way_of(tables: Tables, stride: int) -> int:
    """Return the action that walks a stride."""
    way = 1
    for action in range(1, 5):
        if tables.stride[action] == stride:
            way = action
    return way


@inlined
def turned(heading: int, quarters: int) -> int:
    """Return a heading after some quarters of a turn."""
    return (heading - 1 + quarters + 4) % 4 + 1


@inlined
def follow_edge(tables: Tables, state: State, i: int, person: Any, there: int) -> None:
    """Step along the edge that is at one hand: towards it if it ends, else straight on, away from it, or back."""
    person.detour += 1
    if person.detour > 4 * tables.size:
        person.detour = 0
        person.hasty = True
        return
    hand = person.hand
    for k in range(4):
        quarters = hand if k == 0 else 0 if k == 1 else -hand if k == 2 else BACK
        heading = turned(person.heading, quarters)
        if go(tables, state, i, person, tables.stride[heading], there):
            person.heading = heading
            return


@inlined
def go(tables: Tables, state: State, i: int, person: Any, stride: int, there: int) -> bool:
    """Step unless something is in the way, which what one goes to is not; return whether the person moved."""
    cell = person.cell + stride
    kind = state.grid[i, cell]
    blocked = kind == WALL_KIND or (kind != 0 and cell != there and not person.hasty)
    if stride == 0 or blocked or has_agent(tables, state, i, cell):
        return False
    person.cell = cell
    return True
