"""Cells and what lies on them: placing, consuming, regrowing. All for world ``i``, whose agents are rows ``r``."""

from __future__ import annotations

import numpy as np

from envs.engine.actions import EAST, SOUTH
from envs.engine.jit import inlined, outlined
from envs.engine.randomness import below, uniform
from envs.engine.state import NEVER, PRESENT, State
from envs.engine.tables import KIN_DISTANCE, Ints, Tables

WALL_KIND = 1
SOUTH_FIRST = 3
"""The way an agent faces at birth: towards the viewer."""


@inlined
def distance(tables: Tables, a: int, b: int) -> int:
    """Return the distance of two cells, diagonals counting as one."""
    return int(max(abs(tables.row[a] - tables.row[b]), abs(tables.column[a] - tables.column[b])))


@inlined
def any_cell(tables: Tables, state: State, i: int) -> int:
    """Draw a cell inside the wall."""
    row = tables.pad + below(state.stream, i, tables.size)
    column = tables.pad + below(state.stream, i, tables.size)
    return row * (tables.size + 2 * tables.pad) + column


@inlined
def has_agent(tables: Tables, state: State, i: int, cell: int) -> bool:
    """Return whether an agent stands on a cell."""
    found = False
    for r in range(i * tables.agents, (i + 1) * tables.agents):
        found |= state.agent[r] == cell
    return found


@inlined
def free_cell(tables: Tables, state: State, i: int) -> int:
    """Draw a cell with nothing on it, not even an agent."""
    cell = any_cell(tables, state, i)
    while state.grid[i, cell] != 0 or has_agent(tables, state, i, cell):
        cell = any_cell(tables, state, i)
    return cell


@inlined
def lay_out(tables: Tables, state: State, i: int) -> None:
    """Empty the square, put the agents in it and every thing on a free cell."""
    for cell in range(tables.ground.size):
        state.grid[i, cell] = tables.ground[cell]
    for r in range(i * tables.agents, (i + 1) * tables.agents):
        state.agent[r] = -1
    for r in range(i * tables.agents, (i + 1) * tables.agents):
        settle(tables, state, i, r)
    state.next_due[i] = NEVER
    for m in range(tables.thing_kind.size):
        put(tables, state, i, m, first_cell(tables, state, i, m - tables.first_thing[WALL_KIND + 1]))


@inlined
def first_cell(tables: Tables, state: State, i: int, place: int) -> int:
    """Draw the cell of a thing by its place among the things: first the marked cells are taken, then any."""
    if 0 <= place < tables.marked.size:
        return free_cell_of(tables.marked, tables, state, i)
    return free_cell(tables, state, i)


@inlined
def free_cell_of(cells: Ints, tables: Tables, state: State, i: int) -> int:
    """Draw one of some cells, with nothing on it, not even an agent."""
    cell = cells[below(state.stream, i, cells.size)]
    while state.grid[i, cell] != 0 or has_agent(tables, state, i, cell):
        cell = cells[below(state.stream, i, cells.size)]
    return int(cell)


@inlined
def settle(tables: Tables, state: State, i: int, r: int) -> None:
    """Put agent ``r`` on a free cell, of those to begin on if there are any; it has never visited one before."""
    for cell in range(tables.ground.size):
        state.visits[r, cell] = 0
    if tables.starts.size > 0:
        state.agent[r] = free_cell_of(tables.starts, tables, state, i)
    else:
        state.agent[r] = free_cell(tables, state, i)
    state.visits[r, state.agent[r]] = 1
    state.facing[r] = SOUTH_FIRST


@inlined
def put(tables: Tables, state: State, i: int, m: int, cell: int) -> None:
    """Put thing ``m`` on a cell."""
    state.place[i, m] = cell
    state.due[i, m] = PRESENT
    state.grid[i, cell] = tables.thing_kind[m]


@outlined
def take(tables: Tables, state: State, i: int, cell: int) -> None:
    """Remove the thing on a cell until it grows back."""
    kind = state.grid[i, cell]
    for m in range(tables.thing_kind.size):
        if state.place[i, m] == cell and state.due[i, m] == PRESENT:
            wait(tables, state, i, m, kind)
    state.grid[i, cell] = 0


@inlined
def wait(tables: Tables, state: State, i: int, m: int, kind: int) -> None:
    """Draw when thing ``m`` grows back."""
    least, most = tables.kinds[kind].soonest, tables.kinds[kind].latest
    state.due[i, m] = state.clock[i] + least + below(state.stream, i, most - least + 1)
    state.next_due[i] = min(state.next_due[i], state.due[i, m])


@inlined
def regrow(tables: Tables, state: State, i: int) -> None:
    """Bring back the things that are due, if any is."""
    if state.clock[i] >= state.next_due[i]:
        bring_back(tables, state, i)


@outlined
def bring_back(tables: Tables, state: State, i: int) -> None:
    """Bring back what is due, if its kin lets it: on its own cell, or a free one if it wanders or that is taken."""
    state.next_due[i] = NEVER
    for m in range(tables.thing_kind.size):
        if state.due[i, m] == PRESENT:
            continue
        if state.due[i, m] > state.clock[i]:
            state.next_due[i] = min(state.next_due[i], state.due[i, m])
            continue
        kind, cell = tables.thing_kind[m], state.place[i, m]
        if tables.kinds[kind].kin_known > 0 and not has_kin(tables, state, i, kind, cell):
            wait(tables, state, i, m, kind)
            continue
        if tables.kinds[kind].wanders or state.grid[i, cell] != 0:
            cell = free_cell(tables, state, i)
        put(tables, state, i, m, cell)


@inlined
def has_kin(tables: Tables, state: State, i: int, kind: int, cell: int) -> bool:
    """Draw whether a thing grows back: the chance depends on how many of its kind are close by."""
    near = 0
    for row in range(-KIN_DISTANCE, KIN_DISTANCE + 1):
        for column in range(-KIN_DISTANCE, KIN_DISTANCE + 1):
            near += state.grid[i, cell + row * tables.stride[SOUTH] + column * tables.stride[EAST]] == kind
    return bool(uniform(state.stream, i) < tables.kin[kind, min(near, tables.kinds[kind].kin_known - 1)])


@inlined
def embody(tables: Tables, state: State, i: int, r: int) -> None:
    """Give agent ``r`` a body with nothing in it and in its hand, its levels drawn."""
    state.alive[r] = True
    state.stomach[r] = state.delay[r] = state.hand[r] = 0
    for k in range(tables.lethal.size):
        state.levels[r, k] = np.float32(tables.birth[0, k] + tables.birth[1, k] * uniform(state.stream, i))
