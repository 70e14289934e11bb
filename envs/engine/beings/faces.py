"""Write people and other agents into the observation planes of agent ``r`` of world ``i``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from envs.engine.actions import EAST, SOUTH
from envs.engine.beings.gazes import looked_at
from envs.engine.ground import distance
from envs.engine.jit import inlined
from envs.engine.society import NONE
from envs.engine.state import State
from envs.engine.tables import Tables

SMILE, FROWN, HURT, GAZE = range(4)
"""Expressions, in the order of `envs.engine.world.EXPRESSIONS`."""
MOVED = np.float32(0.2)
"""Mood above which a face smiles, and below minus which it frowns."""


@inlined
def see_others(tables: Tables, state: State, i: int, r: int, view: NDArray[np.uint8]) -> None:
    """Mark people and other agents in their planes, which are blank."""
    for j in range(tables.people.sort.size):
        person, sort = state.society.person[i, j], tables.people.sort[j]
        if not in_view(tables, state, r, person.cell):
            continue
        for p in range(tables.people.planes.shape[1]):
            if tables.people.planes[sort, p] != NONE:
                mark(tables, state, r, view, tables.people.planes[sort, p], person.cell)
        if tables.people.kind[sort].familiar:
            see_face(tables, state, i, r, view, person)
    for other in range(i * tables.agents, (i + 1) * tables.agents):
        if other != r and state.alive[other]:
            mark(tables, state, r, view, tables.people.other, state.agent[other])


@inlined
def in_view(tables: Tables, state: State, r: int, cell: int) -> bool:
    """Return whether the agent sees a cell."""
    return distance(tables, state.agent[r], cell) <= tables.span // 2


@inlined
def mark(tables: Tables, state: State, r: int, view: NDArray[np.uint8], plane: int, cell: int) -> None:
    """Mark a cell in a plane, if it is in view."""
    half = tables.span // 2
    rows = tables.row[cell] - tables.row[state.agent[r]]
    columns = tables.column[cell] - tables.column[state.agent[r]]
    if max(abs(rows), abs(columns)) <= half:
        view[plane * tables.window.size + (rows + half) * tables.span + columns + half] = 1


@inlined
def see_face(tables: Tables, state: State, i: int, r: int, view: NDArray[np.uint8], person: Any) -> None:
    """Read mood, pain and gaze off a familiar face."""
    if person.mood > MOVED:
        show(tables, state, r, view, SMILE, person.cell)
    if person.mood < -MOVED:
        show(tables, state, r, view, FROWN, person.cell)
    if person.ache > 0:
        show(tables, state, r, view, HURT, person.cell)
    there = looked_at(state, i, person)
    if there != NONE and there != person.cell:
        seen = there if in_view(tables, state, r, there) else before_eyes(tables, person.cell, there)
        show(tables, state, r, view, GAZE, seen)


@inlined
def show(tables: Tables, state: State, r: int, view: NDArray[np.uint8], expression: int, cell: int) -> None:
    """Mark a cell in the plane of an expression, if it has one."""
    if tables.people.expressions[expression] != NONE:
        mark(tables, state, r, view, tables.people.expressions[expression], cell)


@inlined
def before_eyes(tables: Tables, cell: int, there: int) -> int:
    """Return the cell next to one from which a person looks at another, straight or diagonally."""
    rows, columns = tables.row[there] - tables.row[cell], tables.column[there] - tables.column[cell]
    south, east = (rows > 0) - (rows < 0), (columns > 0) - (columns < 0)
    # A gaze that is much more along one way than across it goes straight.
    if 2 * abs(rows) < abs(columns):
        south = 0
    elif 2 * abs(columns) < abs(rows):
        east = 0
    return int(cell + south * tables.stride[SOUTH] + east * tables.stride[EAST])
