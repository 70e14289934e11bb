"""Update the body of agent ``r`` of world ``i``: effort, consuming, things on or near it, level effects, death."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from envs.engine.actions import CONSUME, REST
from envs.engine.agent.held_items import EMPTY, unhand, work
from envs.engine.ground import WALL_KIND, distance, take
from envs.engine.jit import inlined, outlined
from envs.engine.senses import DAMAGE, EXERTION, TASTED
from envs.engine.state import PRESENT, Outcome, State
from envs.engine.tables import Tables

RESTING, MOVING, CONSUMING = range(3)
Floats = NDArray[np.float32]


@inlined
def change(state: State, r: int, changes: Floats, row: int) -> None:
    """Add a row of changes to the levels."""
    for k in range(state.levels.shape[1]):
        state.levels[r, k] += changes[row, k]


@inlined
def clamp(state: State, r: int) -> None:
    """Keep the levels within [0, 1]."""
    for k in range(state.levels.shape[1]):
        state.levels[r, k] = min(max(state.levels[r, k], np.float32(0.0)), np.float32(1.0))


@inlined
def act(tables: Tables, state: State, outcome: Outcome, i: int, r: int, action: int) -> None:
    """Carry out the action."""
    digest(tables, state, outcome, r)
    if action == CONSUME:
        change(state, r, tables.effort, CONSUMING)
        consume(tables, state, outcome, i, r)
    elif action != REST and walk(tables, state, outcome, i, r, action):
        change(state, r, tables.effort, MOVING)
        outcome.senses[tables.first_sense + EXERTION, r] = 1.0
    else:
        change(state, r, tables.effort, RESTING)


@inlined
def walk(tables: Tables, state: State, outcome: Outcome, i: int, r: int, action: int) -> bool:
    """Walk one cell unless there is a wall; return whether the agent moved."""
    cell = state.agent[r] + tables.stride[action]
    kind = state.grid[i, cell]
    state.facing[r] = action
    if kind == WALL_KIND:
        return False
    state.agent[r] = cell
    if kind != 0:
        change(state, r, tables.entered, kind)
        hurt(tables, outcome, r, tables.kinds[kind].prick)
    return True


@inlined
def hurt(tables: Tables, outcome: Outcome, r: int, pain: float) -> None:
    """Add to the damage felt at this step, up to 1."""
    outcome.senses[tables.first_sense + DAMAGE, r] = min(outcome.senses[tables.first_sense + DAMAGE, r] + pain, 1.0)


@inlined
def digest(tables: Tables, state: State, outcome: Outcome, r: int) -> None:
    """Nourish the body by what it tasted a step ago: a mouthful is judged by the need that it meets."""
    if state.stomach[r] == 0:
        return
    if state.delay[r] > 0:
        wait_for_taste(tables, state, outcome, r)
    else:
        change(state, r, tables.consumed, state.stomach[r])
        state.stomach[r] = 0


@outlined
def wait_for_taste(tables: Tables, state: State, outcome: Outcome, r: int) -> None:
    """Wait for the taste of what was consumed."""
    state.delay[r] -= 1
    if state.delay[r] == 0:
        taste(tables, state, outcome, r)


@inlined
def consume(tables: Tables, state: State, outcome: Outcome, i: int, r: int) -> None:
    """Consume what is on the agent's cell, or else in its hand, unless it has not yet tasted what it had before."""
    kind = state.grid[i, state.agent[r]]
    if state.stomach[r] == 0 and (tables.kinds[kind].edible or state.hand[r] != EMPTY):
        use(tables, state, outcome, i, r, kind)


@outlined
def use(tables: Tables, state: State, outcome: Outcome, i: int, r: int, kind: int) -> None:
    """Consume a kind of thing, unless it is for the hand and has nothing to do; or the item in the hand."""
    if not tables.kinds[kind].edible:
        ingest(tables, state, outcome, r, unhand(tables, state, r))
    elif not tables.kinds[kind].handles or work(tables, state, r, kind):
        ingest(tables, state, outcome, r, kind)
        if not tables.kinds[kind].lasts:
            take(tables, state, i, state.agent[r])


@inlined
def ingest(tables: Tables, state: State, outcome: Outcome, r: int, mouthful: int) -> None:
    """Take in a kind of thing or an item; taste it now or after its delay."""
    state.stomach[r], state.delay[r] = mouthful, tables.mouthfuls[mouthful].delay
    if state.delay[r] == 0:
        taste(tables, state, outcome, r)


@inlined
def taste(tables: Tables, state: State, outcome: Outcome, r: int) -> None:
    """Feel what was consumed, and earn what it pays."""
    mouthful = state.stomach[r]
    outcome.senses[tables.first_sense + TASTED, r] = tables.mouthfuls[mouthful].tasted
    for event in range(tables.tastes.shape[1]):
        if tables.tastes[mouthful, event] != 0.0:
            outcome.senses[tables.lethal.size + event, r] = tables.tastes[mouthful, event]
    hurt(tables, outcome, r, tables.mouthfuls[mouthful].stings)
    outcome.reward[r] += tables.mouthfuls[mouthful].pays


@inlined
def apply_radiance(tables: Tables, state: State, i: int, r: int) -> None:
    """Apply the effects of near things to the levels."""
    for q in range(tables.radiant.size):
        m = tables.radiant[q]
        if state.due[i, m] == PRESENT:
            kind, away = state.grid[i, state.place[i, m]], distance(tables, state.place[i, m], state.agent[r])
            if away <= tables.kinds[kind].radius:
                change(state, r, tables.around, kind)


@inlined
def is_within(state: State, r: int, bounds: Any) -> bool:
    """Return whether a level lies within bounds."""
    return bool(bounds.low <= state.levels[r, bounds.level] <= bounds.high)


@inlined
def apply_level_effects(tables: Tables, state: State, r: int) -> None:
    """Apply the effects of all levels as they stand, then keep the levels within [0, 1]."""
    clamp(state, r)
    for q in range(tables.level_effects.size):
        if is_within(state, r, tables.level_effects[q]):
            change(state, r, tables.effect_changes, q)
    clamp(state, r)


@inlined
def comfort_share(tables: Tables, state: State, r: int) -> float:
    """Return the share of levels that are at ease, of those that can be; 1 if none can."""
    if tables.comforts.size == 0:
        return 1.0
    at_ease = 0
    for q in range(tables.comforts.size):
        at_ease += is_within(state, r, tables.comforts[q])
    return at_ease / tables.comforts.size


@inlined
def is_dead(tables: Tables, state: State, r: int) -> bool:
    """Return whether nothing is left of a lethal level."""
    dead = False
    for k in range(tables.lethal.size):
        dead |= tables.lethal[k] and state.levels[r, k] <= 0.0
    return dead


@inlined
def is_over(tables: Tables, state: State, r: int) -> bool:
    """Return whether what the agent has just tasted ends its episode."""
    return bool(tables.mouthfuls[state.stomach[r]].ends and state.delay[r] == 0)
