"""Words heard by agent ``r`` in world ``i``."""

from __future__ import annotations

from envs.engine.ground import distance
from envs.engine.jit import inlined, outlined
from envs.engine.randomness import below, uniform
from envs.engine.state import HONEST, IDLE, MOST_OWED, PRESENT, SILENCE, State
from envs.engine.tables import Tables


@inlined
def listen(tables: Tables, state: State, i: int, r: int) -> None:
    """Hear the tone of what was consumed and not yet tasted, or now and then a word: an announcement, or idle talk."""
    if state.echo[r] > 0:
        state.echo[r] -= 1
        if not (tables.unseen_only and in_view(tables, state, i, r, tables.referent[state.heard[r]])):
            return
        state.echo[r] = 0
    state.heard[r] = SILENCE
    if state.delay[r] > 0 and tables.mouthfuls[state.stomach[r]].tone != SILENCE:
        state.heard[r] = tables.mouthfuls[state.stomach[r]].tone
        return
    if tables.talk[0] == 0.0:
        return
    speaks = uniform(state.stream, i) < tables.talk[0]
    if tables.yoked:
        state.heard[r] = owed_word(tables, state, i, r, speaks)
    elif speaks:
        state.heard[r] = any_word(tables, state, i, r)
    if state.heard[r] != SILENCE:
        state.echo[r] = tables.lingers - 1


@inlined
def any_word(tables: Tables, state: State, i: int, r: int) -> int:
    """Return an announcement or, where there is nothing to announce, idle talk."""
    if uniform(state.stream, i) < tables.talk[1]:
        word = announcement(tables, state, i, r)
        if word != SILENCE:
            return word
    if tables.talk[2] == 0.0:
        return SILENCE
    word = below(state.stream, i, tables.referent.size)
    if tables.unseen_only and in_view(tables, state, i, r, tables.referent[word]):
        return SILENCE
    return word


@outlined
def announcement(tables: Tables, state: State, i: int, r: int) -> int:
    """Return a word that can be announced, looked for from a random word on, or `SILENCE`."""
    words = tables.referent.size
    first = below(state.stream, i, words)
    for k in range(words):
        word = (first + k) % words
        if is_true(tables, state, i, r, word):
            return word
    return SILENCE


@outlined
def owed_word(tables: Tables, state: State, i: int, r: int, speaks: bool) -> int:
    """Return any word that is owed and can be heard now, or `SILENCE`; if the voice ``speaks``, one more is owed."""
    if speaks and not owes_most(state, r):
        owe(tables, state, i, r)
    idle = not (tables.unseen_only and any_in_view(tables, state, i, r))
    chosen, found = SILENCE, 0
    for k in range(2 * tables.referent.size):
        word, how = k // 2, k % 2
        if state.owed[r, word, how] > 0 and (idle if how == IDLE else is_true(tables, state, i, r, word)):
            found += 1
            if below(state.stream, i, found) == 0:
                chosen = k
    if chosen == SILENCE:
        return SILENCE
    state.owed[r, chosen // 2, chosen % 2] -= 1
    return chosen // 2


@inlined
def owe(tables: Tables, state: State, i: int, r: int) -> None:
    """Let any word be owed once more: as an announcement, if it is to be honest and names anything, or as idle talk."""
    word, honest = below(state.stream, i, tables.referent.size), uniform(state.stream, i) < tables.talk[1]
    state.owed[r, word, HONEST if honest and tables.referent[word] >= 0 else IDLE] += 1


@inlined
def owes_most(state: State, r: int) -> bool:
    """Return whether a word is owed as often as can be counted: it must not fall behind the others."""
    found = False
    for word in range(state.owed.shape[1]):
        found |= max(state.owed[r, word, IDLE], state.owed[r, word, HONEST]) >= MOST_OWED
    return found


@inlined
def any_in_view(tables: Tables, state: State, i: int, r: int) -> bool:
    """Return whether anything that a word names is in view of the agent."""
    found = False
    for word in range(tables.referent.size):
        found = found or in_view(tables, state, i, r, tables.referent[word])
    return found


@inlined
def is_true(tables: Tables, state: State, i: int, r: int, word: int) -> bool:
    """Return whether a word can be announced: what it names is in earshot and, if it has to be, out of view."""
    referent = tables.referent[word]
    if referent < 0 or not within(tables, state, i, r, referent, tables.earshot):
        return False
    return not (tables.unseen_only and in_view(tables, state, i, r, referent))


@inlined
def in_view(tables: Tables, state: State, i: int, r: int, referent: int) -> bool:
    """Return whether a thing or a creature of this kind, if it is one, is in view of the agent."""
    return bool(referent >= 0 and within(tables, state, i, r, referent, tables.span // 2))


@outlined
def within(tables: Tables, state: State, i: int, r: int, referent: int, reach: int) -> bool:
    """Return whether a thing or a creature of this kind is within so many cells of the agent."""
    kind, species = min(referent, tables.kinds.size), referent - tables.kinds.size
    for m in range(tables.first_thing[kind], tables.first_thing[kind + 1]):
        if state.due[i, m] == PRESENT and distance(tables, state.place[i, m], state.agent[r]) <= reach:
            return True
    for c in range(tables.species.size):
        if tables.species[c] == species and distance(tables, state.creature[i, c], state.agent[r]) <= reach:
            return True
    return False


@inlined
def cue(tables: Tables, state: State, i: int) -> int:
    """Return the word that is heard as an episode begins: where the thing lies that is cued; or `SILENCE`."""
    if tables.cued >= 0:
        for k in range(tables.marked.size):
            if tables.marked[k] == state.place[i, tables.cued]:
                return int(tables.cues[k])
    return SILENCE
