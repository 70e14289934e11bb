"""Cells and what lies on them: placing, walking, consuming, regrowing. All for world ``i``."""

from __future__ import annotations

from envs.engine.compiled import part, seldom
from envs.engine.randomness import below, uniform
from envs.engine.state import NEVER, PRESENT, State
from envs.engine.tables import Tables

WALL_KIND = 1


@part
def distance(tables: Tables, a: int, b: int) -> int:
    """Return the distance of two cells, diagonals counting as one."""
    return int(max(abs(tables.row[a] - tables.row[b]), abs(tables.column[a] - tables.column[b])))


@part
def any_cell(tables: Tables, state: State, i: int) -> int:
    """Draw a cell inside the wall."""
    row = tables.pad + below(state.stream, i, tables.size)
    column = tables.pad + below(state.stream, i, tables.size)
    return row * (tables.size + 2 * tables.pad) + column


@part
def free_cell(tables: Tables, state: State, i: int) -> int:
    """Draw a cell with nothing on it, not even the agent."""
    cell = any_cell(tables, state, i)
    while state.grid[i, cell] != 0 or cell == state.agent[i]:
        cell = any_cell(tables, state, i)
    return cell


@part
def lay_out(tables: Tables, state: State, i: int) -> None:
    """Empty the square, put the agent in it and every thing on a free cell."""
    for cell in range(tables.ground.size):
        state.grid[i, cell] = tables.ground[cell]
    for cell in range(tables.ground.size):
        state.visits[i, cell] = 0
    state.agent[i] = any_cell(tables, state, i)
    state.visits[i, state.agent[i]] = 1
    state.next_due[i] = NEVER
    for m in range(tables.thing_kind.size):
        put(tables, state, i, m, free_cell(tables, state, i))


@part
def put(tables: Tables, state: State, i: int, m: int, cell: int) -> None:
    """Put thing ``m`` on a cell."""
    state.place[i, m] = cell
    state.due[i, m] = PRESENT
    state.grid[i, cell] = tables.thing_kind[m]


@seldom
def take(tables: Tables, state: State, i: int) -> None:
    """Remove the thing under the agent until it grows back."""
    cell = state.agent[i]
    kind = state.grid[i, cell]
    least, most = tables.regrow[kind]
    for m in range(tables.thing_kind.size):
        if state.place[i, m] == cell and state.due[i, m] == PRESENT:
            state.due[i, m] = state.clock[i] + least + below(state.stream, i, most - least + 1)
            state.next_due[i] = min(state.next_due[i], state.due[i, m])
    state.grid[i, cell] = 0


@part
def regrow(tables: Tables, state: State, i: int) -> None:
    """Bring back the things that are due, if any is."""
    if state.clock[i] >= state.next_due[i]:
        bring_back(tables, state, i)


@seldom
def bring_back(tables: Tables, state: State, i: int) -> None:
    """Bring back what is due: on its own cell, or a free one if it wanders or its own is taken."""
    state.next_due[i] = NEVER
    for m in range(tables.thing_kind.size):
        if state.due[i, m] == PRESENT:
            continue
        if state.due[i, m] > state.clock[i]:
            state.next_due[i] = min(state.next_due[i], state.due[i, m])
            continue
        cell = state.place[i, m]
        if tables.wanders[tables.thing_kind[m]] or state.grid[i, cell] != 0:
            cell = free_cell(tables, state, i)
        put(tables, state, i, m, cell)


@part
def release(tables: Tables, state: State, i: int) -> None:
    """Put the creatures on free cells, if possible not too near the agent."""
    for c in range(tables.species.size):
        cell = free_cell(tables, state, i)
        for _ in range(64):
            if distance(tables, cell, state.agent[i]) >= tables.clearance[tables.species[c]]:
                break
            cell = free_cell(tables, state, i)
        state.creature[i, c] = cell
        state.mood[i, c] = 0


@part
def embody(tables: Tables, state: State, i: int) -> None:
    """Draw the body's levels at birth."""
    for k in range(tables.lethal.size):
        state.levels[i, k] = tables.birth[0, k] + tables.birth[1, k] * uniform(state.stream, i)
