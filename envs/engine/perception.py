"""What the agent of world ``i`` perceives: the observation for the cortex, and the innate senses.

An observation is ``[view | word | body]``, all bits: the planes of the window around the agent (``(planes, V, V)``,
row by row, north first), the heard word one-hot, and each body level as a thermometer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from envs.engine.compiled import part
from envs.engine.ground import WALL_KIND, distance
from envs.engine.senses import NEAR, RETREAT, STARTLE, VISITED
from envs.engine.state import SILENCE, State
from envs.engine.tables import THERMOMETER_BITS, Tables

Bits = NDArray[np.uint8]
Floats = NDArray[np.float32]


@part
def observe(tables: Tables, state: State, i: int, obs: Bits) -> bool:
    """Write the observation into ``obs[i]``; return whether a thing or a creature is close by."""
    obs[i] = 0
    close = see_things(tables, state, i, obs)
    close |= see_creatures(tables, state, i, obs)
    words = (tables.edible.size - 1 + tables.notice.size) * tables.window.size
    if state.heard[i] != SILENCE:
        obs[i, words + state.heard[i]] = 1
    feel_body(state, i, obs, words + tables.referent.size)
    return close


@part
def see_things(tables: Tables, state: State, i: int, obs: Bits) -> bool:
    """Mark walls and things in the view."""
    close = False
    for v in range(tables.window.size):
        kind = state.grid[i, state.agent[i] + tables.window[v]]
        if kind != 0:
            obs[i, (kind - 1) * tables.window.size + v] = 1
            close |= kind != WALL_KIND and tables.reach[v] <= STARTLE
    return close


@part
def see_creatures(tables: Tables, state: State, i: int, obs: Bits) -> bool:
    """Mark creatures in the view."""
    close = False
    here, half = state.agent[i], tables.span // 2
    for c in range(tables.species.size):
        rows = tables.row[state.creature[i, c]] - tables.row[here]
        columns = tables.column[state.creature[i, c]] - tables.column[here]
        away = max(abs(rows), abs(columns))
        if away <= half:
            plane = tables.edible.size - 1 + tables.species[c]
            obs[i, plane * tables.window.size + (rows + half) * tables.span + columns + half] = 1
        close |= away <= STARTLE
    return close


@part
def feel_body(state: State, i: int, obs: Bits, start: int) -> None:
    """Write each level as a thermometer: bit ``b`` is set if the level is above ``b / THERMOMETER_BITS``."""
    for k in range(state.levels.shape[1]):
        for b in range(int(np.ceil(state.levels[i, k] * THERMOMETER_BITS))):
            obs[i, start + k * THERMOMETER_BITS + b] = 1


@part
def sense(tables: Tables, state: State, i: int, close: bool, senses: Floats, told: int) -> None:
    """Write the senses that describe the state; those that tell of events are written as these happen."""
    for k in range(state.levels.shape[1]):
        senses[k, i] = state.levels[i, k]
    senses[told + VISITED, i] = state.visits[i, state.agent[i]]
    if tables.notice.size > 0:
        senses[told + NEAR, i] = 1.0 if close else 0.0
        senses[told + RETREAT, i] = retreat(tables, state, i)


@part
def retreat(tables: Tables, state: State, i: int) -> int:
    """Return the action that leads away from the nearest creature within `STARTLE`, onto a free cell; else -1."""
    threat = nearest_creature(tables, state, i)
    if threat < 0:
        return -1
    best, furthest = -1, walk_length(tables, threat, state.agent[i])
    for action in range(1, 5):
        cell = state.agent[i] + tables.stride[action]
        length = walk_length(tables, threat, cell)
        if length > furthest and is_free(tables, state, i, cell):
            best, furthest = action, length
    return best


@part
def nearest_creature(tables: Tables, state: State, i: int) -> int:
    """Return the cell of the nearest creature within `STARTLE`, or -1."""
    threat, near = -1, STARTLE + 1
    for c in range(tables.species.size):
        away = distance(tables, state.creature[i, c], state.agent[i])
        if away < near:
            threat, near = state.creature[i, c], away
    return threat


@part
def walk_length(tables: Tables, a: int, b: int) -> int:
    """Return the number of steps between two cells."""
    return abs(tables.row[a] - tables.row[b]) + abs(tables.column[a] - tables.column[b])


@part
def is_free(tables: Tables, state: State, i: int, cell: int) -> bool:
    """Return whether a cell holds neither a wall nor a creature."""
    for c in range(tables.species.size):
        if state.creature[i, c] == cell:
            return False
    return state.grid[i, cell] != WALL_KIND
