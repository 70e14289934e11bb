"""Write the observation and the innate senses of agent ``r`` of world ``i``.

An observation is ``[view | word | hand | body]``, all bits: the planes of the window around the agent (``(planes, V,
V)``, row by row, north first), the heard word and the item in the hand one-hot, and each body level as a thermometer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from envs.engine.actions import SOUTH
from envs.engine.agent.held_items import EMPTY
from envs.engine.beings.faces import see_others
from envs.engine.beings.social_senses import sense_others
from envs.engine.ground import WALL_KIND, distance
from envs.engine.jit import inlined
from envs.engine.senses import NEAR, RETREAT, STARTLE, VISITED
from envs.engine.society import NONE, People
from envs.engine.state import SILENCE, State
from envs.engine.strips import STRIP, copy_strip
from envs.engine.tables import THERMOMETER_BITS, Tables

Bits = NDArray[np.uint8]
Floats = NDArray[np.float32]

THERMOMETERS = np.tri(2**8, THERMOMETER_BITS, -1, np.uint8)
"""Thermometers of all heights that 8 bits hold, so that none lies outside: bit ``b`` is set in those above ``b``."""


@inlined
def observe(tables: Tables, state: State, people: People, i: int, r: int, obs: Bits) -> bool:
    """Write the observation into ``obs[r]``; return whether a thing or a creature is close by."""
    look(tables, state, i, r)
    see_things(tables, state, obs[r])
    beings = tables.thing_planes * tables.window.size
    words = beings + tables.being_planes * tables.window.size
    hand = words + tables.referent.size
    body = hand + tables.turns.shape[1] - 1
    obs[r, beings:body] = 0
    close = see_creatures(tables, state, i, r, obs[r, beings:words])
    if people is not None and people.first_sense != NONE:
        see_others(tables, state, i, r, obs[r, beings:words])
    if state.heard[r] != SILENCE:
        obs[r, words + state.heard[r]] = 1
    if people is not None and state.society.called[r] != NONE:
        obs[r, words + state.society.called[r]] = 1
    if state.hand[r] != EMPTY:
        obs[r, hand + state.hand[r] - 1] = 1
    feel_body(state, r, obs[r, body:])
    return close or (tables.notice.size > 0 and thing_close(tables, state))


@inlined
def look(tables: Tables, state: State, i: int, r: int) -> None:
    """Copy the kinds in the window row by row; what a strip copies too much, the next row overwrites."""
    grid, corner = state.grid[i], state.agent[r] + tables.window[0]
    for row in range(tables.span):
        for column in range(0, tables.span, STRIP):
            copy_strip(state.gaze, row * tables.span + column, grid, corner + row * tables.stride[SOUTH] + column)


@inlined
def see_things(tables: Tables, state: State, view: Bits) -> None:
    """Write the planes of walls and things, in loops that the compiler turns into SIMD."""
    cells = tables.window.size
    for p in range(tables.thing_planes):
        plane, first = view[p * cells : (p + 1) * cells], tables.first_seen[p]
        kind = tables.seen_as[first]
        for v in range(np.uint64(cells)):
            plane[v] = state.gaze[v] == kind
        for q in range(first + 1, tables.first_seen[p + 1]):
            kind = tables.seen_as[q]
            for v in range(np.uint64(cells)):
                plane[v] |= state.gaze[v] == kind


@inlined
def thing_close(tables: Tables, state: State) -> bool:
    """Return whether a thing other than a wall is close by."""
    close = False
    for v in range(np.uint64(tables.window.size)):
        close |= (state.gaze[v] > WALL_KIND) & (tables.reach[v] <= STARTLE)
    return close


@inlined
def see_creatures(tables: Tables, state: State, i: int, r: int, view: Bits) -> bool:
    """Mark the creatures in their planes, which are blank; return whether one is close by."""
    close = False
    here, half = state.agent[r], tables.span // 2
    for c in range(tables.species.size):
        rows = tables.row[state.creature[i, c]] - tables.row[here]
        columns = tables.column[state.creature[i, c]] - tables.column[here]
        away = max(abs(rows), abs(columns))
        if away <= half:
            view[tables.species[c] * tables.window.size + (rows + half) * tables.span + columns + half] = 1
        close |= away <= STARTLE
    return close


@inlined
def feel_body(state: State, r: int, bits: Bits) -> None:
    """Write each level as a thermometer: bit ``b`` is set if the level is above ``b / THERMOMETER_BITS``."""
    for k in range(state.levels.shape[1]):
        height = np.uint8(np.ceil(state.levels[r, k] * np.float32(THERMOMETER_BITS)))
        thermometer = bits[k * THERMOMETER_BITS : (k + 1) * THERMOMETER_BITS]
        for b in range(THERMOMETER_BITS):
            thermometer[b] = THERMOMETERS[height, b]


@inlined
def sense(tables: Tables, state: State, people: People, i: int, r: int, close: bool, senses: Floats) -> None:
    """Write the senses that describe the state; those that tell of events are written as these happen."""
    for k in range(state.levels.shape[1]):
        senses[k, r] = state.levels[r, k]
    senses[tables.first_sense + VISITED, r] = state.visits[r, state.agent[r]]
    if tables.notice.size > 0:
        senses[tables.first_sense + NEAR, r] = 1.0 if close else 0.0
        senses[tables.first_sense + RETREAT, r] = retreat(tables, state, i, state.agent[r])
    if people is not None and people.first_sense != NONE:
        sense_others(tables, state, i, r, senses)


@inlined
def retreat(tables: Tables, state: State, i: int, here: int) -> int:
    """Return the action that leads away from the nearest creature within `STARTLE`, onto a free cell; else -1."""
    threat = nearest_creature(tables, state, i, here)
    if threat < 0:
        return -1
    best, furthest = -1, walk_length(tables, threat, here)
    for action in range(1, 5):
        cell = here + tables.stride[action]
        length = walk_length(tables, threat, cell)
        if length > furthest and is_free(tables, state, i, cell):
            best, furthest = action, length
    return best


@inlined
def nearest_creature(tables: Tables, state: State, i: int, here: int) -> int:
    """Return the cell of the creature nearest to a cell within `STARTLE`, or -1."""
    threat, near = -1, STARTLE + 1
    for c in range(tables.species.size):
        away = distance(tables, state.creature[i, c], here)
        if away < near:
            threat, near = state.creature[i, c], away
    return threat


@inlined
def walk_length(tables: Tables, a: int, b: int) -> int:
    """Return the number of steps between two cells."""
    return int(abs(tables.row[a] - tables.row[b]) + abs(tables.column[a] - tables.column[b]))


@inlined
def is_free(tables: Tables, state: State, i: int, cell: int) -> bool:
    """Return whether a cell holds neither a wall nor a creature."""
    for c in range(tables.species.size):
        if state.creature[i, c] == cell:
            return False
    return bool(state.grid[i, cell] != WALL_KIND)
