"""Creatures of world ``i``: they wander, hunt, bite and keep away."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from envs.engine.body import change, hurt
from envs.engine.compiled import part
from envs.engine.ground import WALL_KIND, distance
from envs.engine.randomness import below, uniform
from envs.engine.senses import SKITTERING, STARTLE
from envs.engine.state import State
from envs.engine.tables import Tables

Floats = NDArray[np.float32]


@part
def prowl(tables: Tables, state: State, i: int, senses: Floats, told: int) -> None:
    """Let every creature take its turn."""
    for c in range(tables.species.size):
        if take_turn(tables, state, i, c, senses, told):
            startle(tables, state, i, c, senses, told)


@part
def take_turn(tables: Tables, state: State, i: int, c: int, senses: Floats, told: int) -> bool:
    """Move creature ``c``, or let it bite; return whether it stirred."""
    species = tables.species[c]
    aware = distance(tables, state.creature[i, c], state.agent[i]) <= tables.notice[species]
    keeps_away = feel(tables, state, i, c, aware)
    if uniform(state.stream, i) >= tables.gait[species, 0 if aware else 1]:
        return False
    if not aware:
        return enter(state, i, c, tables.stride[1 + below(state.stream, i, 4)])
    if keeps_away:
        return keep_away(tables, state, i, c)
    return hunt(tables, state, i, c, senses, told)


@part
def feel(tables: Tables, state: State, i: int, c: int, aware: bool) -> bool:
    """Let time pass for creature ``c``: it loses patience as it hunts; return whether it keeps away."""
    mood = state.mood[i, c]
    if mood > 0:
        state.mood[i, c] = mood - 1
        return True
    mood = mood - 1 if aware else 0
    out_of_patience = mood <= -tables.patience[tables.species[c]]
    state.mood[i, c] = tables.cooldown[tables.species[c]] if out_of_patience else mood
    return False


@part
def enter(state: State, i: int, c: int, stride: int) -> bool:
    """Move creature ``c`` unless a wall or the agent is in the way; return whether it moved."""
    cell = state.creature[i, c] + stride
    if stride == 0 or state.grid[i, cell] == WALL_KIND or cell == state.agent[i]:
        return False
    state.creature[i, c] = cell
    return True


@part
def strides_towards(tables: Tables, state: State, i: int, c: int) -> tuple[int, int]:
    """Return the strides that bring creature ``c`` nearer to the agent, the longer way first; 0 where none does."""
    here, there = state.creature[i, c], state.agent[i]
    rows, columns = tables.row[there] - tables.row[here], tables.column[there] - tables.column[here]
    along_column = tables.stride[3] if rows > 0 else tables.stride[1] if rows < 0 else 0
    along_row = tables.stride[2] if columns > 0 else tables.stride[4] if columns < 0 else 0
    if abs(rows) > abs(columns) or (abs(rows) == abs(columns) and below(state.stream, i, 2) == 0):
        return along_column, along_row
    return along_row, along_column


@part
def hunt(tables: Tables, state: State, i: int, c: int, senses: Floats, told: int) -> bool:
    """Step towards the agent, and bite it when it is there."""
    first, second = strides_towards(tables, state, i, c)
    if state.creature[i, c] + first == state.agent[i]:
        bite(tables, state, i, c, senses, told)
        return True
    return enter(state, i, c, first) or enter(state, i, c, second)


@part
def bite(tables: Tables, state: State, i: int, c: int, senses: Floats, told: int) -> None:
    """Bite the agent, and keep away for a while."""
    species = tables.species[c]
    change(state, i, tables.bite, species)
    hurt(senses, told, i, tables.sting[species])
    state.mood[i, c] = tables.cooldown[species]


@part
def keep_away(tables: Tables, state: State, i: int, c: int) -> bool:
    """Step away from the agent, by the shorter way if the longer is blocked."""
    first, second = strides_towards(tables, state, i, c)
    if first == 0:
        first = tables.stride[1 + below(state.stream, i, 4)]
    return enter(state, i, c, -first) or enter(state, i, c, -second)


@part
def startle(tables: Tables, state: State, i: int, c: int, senses: Floats, told: int) -> None:
    """Let the agent sense how strongly creature ``c``, which has just stirred, skitters close by."""
    away = max(distance(tables, state.creature[i, c], state.agent[i]), 1)
    if away <= STARTLE:
        strength = np.float32(1 + STARTLE - away) / np.float32(STARTLE)
        senses[told + SKITTERING, i] = max(senses[told + SKITTERING, i], strength)
