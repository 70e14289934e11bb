"""What a step does to the body of the agent in world ``i``: effort, consuming, walking onto things, tolls, death."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from envs.actions import CONSUME, REST
from envs.engine.compiled import part
from envs.engine.ground import WALL_KIND, take
from envs.engine.senses import DAMAGE, EXERTION, TASTED
from envs.engine.state import State
from envs.engine.tables import Tables

RESTING, MOVING, CONSUMING = range(3)
Floats = NDArray[np.float32]


@part
def change(state: State, i: int, changes: Floats, row: int) -> None:
    """Add a row of changes to the levels."""
    for k in range(state.levels.shape[1]):
        state.levels[i, k] += changes[row, k]


@part
def clamp(state: State, i: int) -> None:
    """Keep the levels within [0, 1]."""
    for k in range(state.levels.shape[1]):
        state.levels[i, k] = min(max(state.levels[i, k], np.float32(0.0)), np.float32(1.0))


@part
def act(tables: Tables, state: State, i: int, action: int, senses: Floats, told: int) -> None:
    """Carry out the action. ``told`` is the row of the first sense that is neither a level nor an event."""
    digest(tables, state, i)
    if action == CONSUME:
        change(state, i, tables.effort, CONSUMING)
        consume(tables, state, i, senses, told)
    elif action != REST and walk(tables, state, i, action, senses, told):
        change(state, i, tables.effort, MOVING)
        senses[told + EXERTION, i] = 1.0
    else:
        change(state, i, tables.effort, RESTING)


@part
def walk(tables: Tables, state: State, i: int, action: int, senses: Floats, told: int) -> bool:
    """Walk one cell unless there is a wall; return whether the agent moved."""
    cell = state.agent[i] + tables.stride[action]
    kind = state.grid[i, cell]
    if kind == WALL_KIND:
        return False
    state.agent[i] = cell
    if kind != 0:
        change(state, i, tables.entered, kind)
        hurt(senses, told, i, tables.prick[kind])
    return True


@part
def hurt(senses: Floats, told: int, i: int, pain: float) -> None:
    """Add to the damage felt at this step, up to 1."""
    senses[told + DAMAGE, i] = min(senses[told + DAMAGE, i] + pain, 1.0)


@part
def digest(tables: Tables, state: State, i: int) -> None:
    """Nourish the body by what it swallowed a step ago: a mouthful is judged by the need that it meets."""
    if state.stomach[i] != 0:
        change(state, i, tables.consumed, state.stomach[i])
        state.stomach[i] = 0


@part
def consume(tables: Tables, state: State, i: int, senses: Floats, told: int) -> None:
    """Consume what is on the agent's cell, if that can be consumed."""
    kind = state.grid[i, state.agent[i]]
    if not tables.edible[kind]:
        return
    state.stomach[i] = kind
    senses[told + TASTED, i] = 1.0
    for event in range(tables.tastes.shape[1]):
        senses[tables.lethal.size + event, i] = tables.tastes[kind, event]
    if not tables.lasts[kind]:
        take(tables, state, i)


@part
def pay_tolls(tables: Tables, state: State, i: int) -> None:
    """Charge the tolls of all levels as they stand, then keep the levels within [0, 1]."""
    clamp(state, i)
    for q in range(tables.toll_level.size):
        level = state.levels[i, tables.toll_level[q]]
        if tables.toll_within[q, 0] <= level <= tables.toll_within[q, 1]:
            change(state, i, tables.toll, q)
    clamp(state, i)


@part
def is_dead(tables: Tables, state: State, i: int) -> bool:
    """Return whether nothing is left of a lethal level."""
    dead = False
    for k in range(tables.lethal.size):
        dead |= tables.lethal[k] and state.levels[i, k] <= 0.0
    return dead
