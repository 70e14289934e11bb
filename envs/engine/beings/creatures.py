"""Creatures of world ``i``: they wander, hunt the nearest agent ``r``, bite and keep away."""

from __future__ import annotations

import numpy as np

from envs.engine.agent.body import change, hurt
from envs.engine.ground import WALL_KIND, distance, free_cell, has_agent
from envs.engine.jit import inlined
from envs.engine.randomness import below, uniform
from envs.engine.senses import SKITTERING, STARTLE
from envs.engine.state import Outcome, State
from envs.engine.tables import Tables


@inlined
def release(tables: Tables, state: State, i: int) -> None:
    """Put the creatures on free cells, if possible not too near an agent."""
    for c in range(tables.species.size):
        cell = free_cell(tables, state, i)
        for _ in range(64):
            if (
                distance(tables, cell, state.agent[nearest_agent(tables, state, i, cell)])
                >= tables.clearance[tables.species[c]]
            ):
                break
            cell = free_cell(tables, state, i)
        state.creature[i, c] = cell
        state.mood[i, c] = 0


@inlined
def nearest_agent(tables: Tables, state: State, i: int, cell: int) -> int:
    """Return the living agent that is nearest to a cell, the first of those equally near."""
    first = i * tables.agents
    nearest, least = first, tables.row.size
    for r in range(first, first + tables.agents if tables.agents > 1 else first):
        if state.alive[r] and distance(tables, cell, state.agent[r]) < least:
            nearest, least = r, distance(tables, cell, state.agent[r])
    return nearest


@inlined
def step_creatures(tables: Tables, state: State, outcome: Outcome, i: int) -> None:
    """Let every creature take its turn."""
    for c in range(tables.species.size):
        r = nearest_agent(tables, state, i, state.creature[i, c])
        if state.alive[r] and take_turn(tables, state, outcome, i, r, c):
            startle(tables, state, outcome, i, c)


@inlined
def take_turn(tables: Tables, state: State, outcome: Outcome, i: int, r: int, c: int) -> bool:
    """Move creature ``c``, or let it bite; return whether it stirred."""
    species = tables.species[c]
    aware = distance(tables, state.creature[i, c], state.agent[r]) <= tables.notice[species]
    keeps_away = update_mood(tables, state, i, c, aware)
    if uniform(state.stream, i) >= tables.gait[species, 0 if aware else 1]:
        return False
    if not aware:
        return enter(tables, state, i, c, tables.stride[1 + below(state.stream, i, 4)])
    if keeps_away:
        return keep_away(tables, state, i, r, c)
    return hunt(tables, state, outcome, i, r, c)


@inlined
def update_mood(tables: Tables, state: State, i: int, c: int, aware: bool) -> bool:
    """Let time pass for creature ``c``: it loses patience as it hunts; return whether it keeps away."""
    mood = state.mood[i, c]
    if mood > 0:
        state.mood[i, c] = mood - 1
        return True
    mood = mood - 1 if aware else 0
    out_of_patience = mood <= -tables.patience[tables.species[c]]
    state.mood[i, c] = tables.cooldown[tables.species[c]] if out_of_patience else mood
    return False


@inlined
def enter(tables: Tables, state: State, i: int, c: int, stride: int) -> bool:
    """Move creature ``c`` unless a wall or an agent is in the way; return whether it moved."""
    cell = state.creature[i, c] + stride
    if stride == 0 or state.grid[i, cell] == WALL_KIND or has_agent(tables, state, i, cell):
        return False
    state.creature[i, c] = cell
    return True


@inlined
def strides_towards(tables: Tables, state: State, i: int, here: int, there: int) -> tuple[int, int]:
    """Return the strides that lead from one cell nearer to another, the longer way first; 0 where none does."""
    rows, columns = tables.row[there] - tables.row[here], tables.column[there] - tables.column[here]
    along_column = tables.stride[3] if rows > 0 else tables.stride[1] if rows < 0 else 0
    along_row = tables.stride[2] if columns > 0 else tables.stride[4] if columns < 0 else 0
    if abs(rows) > abs(columns) or (abs(rows) == abs(columns) and below(state.stream, i, 2) == 0):
        return along_column, along_row
    return along_row, along_column


@inlined
def hunt(tables: Tables, state: State, outcome: Outcome, i: int, r: int, c: int) -> bool:
    """Step towards the agent, and bite it when it is there."""
    first, second = strides_towards(tables, state, i, state.creature[i, c], state.agent[r])
    if state.creature[i, c] + first == state.agent[r]:
        bite(tables, state, outcome, i, r, c)
        return True
    return enter(tables, state, i, c, first) or enter(tables, state, i, c, second)


@inlined
def bite(tables: Tables, state: State, outcome: Outcome, i: int, r: int, c: int) -> None:
    """Bite the agent, and keep away for a while."""
    species = tables.species[c]
    change(state, r, tables.bite, species)
    hurt(tables, outcome, r, tables.sting[species])
    state.mood[i, c] = tables.cooldown[species]


@inlined
def keep_away(tables: Tables, state: State, i: int, r: int, c: int) -> bool:
    """Step away from the agent, by the shorter way if the longer is blocked."""
    first, second = strides_towards(tables, state, i, state.creature[i, c], state.agent[r])
    if first == 0:
        first = tables.stride[1 + below(state.stream, i, 4)]
    return enter(tables, state, i, c, -first) or enter(tables, state, i, c, -second)


@inlined
def startle(tables: Tables, state: State, outcome: Outcome, i: int, c: int) -> None:
    """Let the agents sense how strongly creature ``c``, which has just stirred, skitters close by."""
    for r in range(i * tables.agents, (i + 1) * tables.agents):
        away = max(distance(tables, state.creature[i, c], state.agent[r]), 1)
        if away <= STARTLE and state.alive[r]:
            strength = np.float32(1 + STARTLE - away) / np.float32(STARTLE)
            row = tables.first_sense + SKITTERING
            outcome.senses[row, r] = max(outcome.senses[row, r], strength)
