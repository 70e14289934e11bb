"""Words heard by agent ``r`` in world ``i``."""

from __future__ import annotations

from envs.engine.ground import distance
from envs.engine.jit import inlined, outlined
from envs.engine.randomness import below, uniform
from envs.engine.state import PRESENT, SILENCE, State
from envs.engine.tables import Tables


@inlined
def listen(tables: Tables, state: State, i: int, r: int) -> None:
    """Hear the tone of what was consumed and not yet tasted, or now and then a word: an announcement, or idle talk."""
    if state.echo[r] > 0:
        state.echo[r] -= 1
        return
    state.heard[r] = SILENCE
    if state.delay[r] > 0 and tables.mouthfuls[state.stomach[r]].tone != SILENCE:
        state.heard[r] = tables.mouthfuls[state.stomach[r]].tone
        return
    if tables.talk[0] == 0.0 or uniform(state.stream, i) >= tables.talk[0]:
        return
    if uniform(state.stream, i) < tables.talk[1]:
        state.heard[r] = announcement(tables, state, i, r)
    if state.heard[r] == SILENCE:
        if tables.talk[2] == 0.0:
            return
        state.heard[r] = below(state.stream, i, tables.referent.size)
    state.echo[r] = tables.lingers - 1


@outlined
def announcement(tables: Tables, state: State, i: int, r: int) -> int:
    """Return a word whose referent is in earshot, looked for from a random word on, or `SILENCE`."""
    words = tables.referent.size
    first = below(state.stream, i, words)
    for k in range(words):
        word = (first + k) % words
        if tables.referent[word] >= 0 and in_earshot(tables, state, i, r, tables.referent[word]):
            return word
    return SILENCE


@inlined
def in_earshot(tables: Tables, state: State, i: int, r: int, referent: int) -> bool:
    """Return whether a thing or a creature of this kind is in earshot of the agent."""
    kind, species = min(referent, tables.kinds.size), referent - tables.kinds.size
    for m in range(tables.first_thing[kind], tables.first_thing[kind + 1]):
        if state.due[i, m] == PRESENT and near(tables, state, r, state.place[i, m]):
            return True
    for c in range(tables.species.size):
        if tables.species[c] == species and near(tables, state, r, state.creature[i, c]):
            return True
    return False


@inlined
def near(tables: Tables, state: State, r: int, cell: int) -> bool:
    """Return whether a cell is in earshot of the agent."""
    return distance(tables, cell, state.agent[r]) <= tables.earshot
