"""Acts of agent ``r`` in world ``i``: finding the target, and what is done to it."""

from __future__ import annotations

from typing import Any

from envs.engine.actions import CONSUME, REST
from envs.engine.agent.body import CONSUMING, Floats, change, digest, hurt
from envs.engine.beings.gazes import kind_now
from envs.engine.beings.people import feel_moved, hear
from envs.engine.ground import distance
from envs.engine.jit import inlined
from envs.engine.senses import TOUCH
from envs.engine.society import AGENT, NOBODY, NONE, PERSON, THING
from envs.engine.state import Outcome, State
from envs.engine.tables import Tables

CREATURE = THING + 1
"""What an act can be aimed at, besides what one can look at."""
FIRST_ACT = CONSUME + 1


@inlined
def chosen(state: State, r: int, action: int) -> int:
    """Return the action, or `REST` as long as the agent is stunned."""
    if state.society.stunned[r] > 0:
        state.society.stunned[r] -= 1
        return REST
    return action


@inlined
def hush(tables: Tables, state: State, i: int) -> None:
    """Begin a step, without any words yet."""
    for r in range(i * tables.agents, (i + 1) * tables.agents):
        state.society.spoken[r] = state.society.called[r] = state.society.said[r] = NONE


@inlined
def perform(tables: Tables, state: State, outcome: Outcome, i: int, r: int, a: int) -> None:
    """Carry out act ``a``: pay its cost, say its word, and affect its target."""
    digest(tables, state, outcome, r)
    act = tables.acts.kind[a]
    change(state, r, tables.effort, CONSUMING)
    change(state, r, tables.acts.cost, a)
    outcome.reward[r] -= act.price
    if act.says != NONE:
        state.society.said[r] = act.says if act.aloud else NONE
        say(tables, state, outcome, i, r, act.says)
    sort, target = aim(tables, state, i, r, a, act)
    if sort == NOBODY:
        return
    change(state, r, tables.acts.gain, a)
    excite(tables, outcome, r, tables.acts.events, a)
    outcome.reward[r] += act.score * regard(tables, sort, target, act)
    if sort == THING:
        state.grid[i, state.place[i, target]] = tables.acts.reveals[a, kind_now(state, i, target)]
        return
    if act.touches:
        touch(tables, outcome, r)
    if sort == PERSON:
        do_to_person(tables, state, i, target, act)
    elif sort == AGENT:
        do_to_agent(tables, state, outcome, target, act, a)


@inlined
def aim(tables: Tables, state: State, i: int, r: int, a: int, act: Any) -> tuple[int, int]:
    """Return the sort and the number of the nearest target within reach: a person before a creature before an agent."""
    here = state.agent[r]
    if act.reveals:
        return aim_at_thing(tables, state, i, here, a, act)
    sort, target, least = NOBODY, NONE, act.reach + 1
    for j in range(tables.people.sort.size):
        away = distance(tables, here, state.society.person[i, j].cell)
        if away < least and tables.acts.on[a, tables.people.sort[j]]:
            sort, target, least = PERSON, j, away
    for c in range(tables.species.size):
        away = distance(tables, here, state.creature[i, c])
        if away < least and tables.acts.on[a, tables.people.kind.size + tables.species[c]]:
            sort, target, least = CREATURE, c, away
    for other in range(i * tables.agents, (i + 1) * tables.agents if tables.acts.on[a, -1] else 0):
        away = distance(tables, here, state.agent[other])
        if away < least and other != r and state.alive[other]:
            sort, target, least = AGENT, other, away
    return sort, target


@inlined
def aim_at_thing(tables: Tables, state: State, i: int, here: int, a: int, act: Any) -> tuple[int, int]:
    """Return `THING` and the nearest that the act turns into another."""
    sort, target, least = NOBODY, NONE, act.reach + 1
    for m in range(tables.thing_kind.size):
        away = distance(tables, here, state.place[i, m])
        if away < least and tables.acts.reveals[a, kind_now(state, i, m)] != 0:
            sort, target, least = THING, m, away
    return sort, target


@inlined
def regard(tables: Tables, sort: int, target: int, act: Any) -> float:
    """Return by how much an act's score counts: 1, or by relation, which creatures and agents have none."""
    if not act.by_relation:
        return 1.0
    return float(tables.people.kind[tables.people.sort[target]].relation) if sort == PERSON else 0.0


@inlined
def do_to_person(tables: Tables, state: State, i: int, j: int, act: Any) -> None:
    """Heal or hurt a person, please or displease it; one who seeks then keeps away for a while."""
    person, kind = state.society.person[i, j], tables.people.kind[tables.people.sort[j]]
    person.away = kind.cooldown
    if act.heals:
        person.ache = 0
    if act.hurts:
        person.ache = kind.ache
    feel_moved(person, act.mood)


@inlined
def do_to_agent(tables: Tables, state: State, outcome: Outcome, r: int, act: Any, a: int) -> None:
    """Touch, hurt, stun another agent, or give it something; it is stunned at its next turns."""
    change(state, r, tables.acts.gives, a)
    excite(tables, outcome, r, tables.acts.felt, a)
    if act.touches:
        touch(tables, outcome, r)
    if act.hurts:
        hurt(tables, outcome, r, 1.0)
    state.society.stunned[r] = max(state.society.stunned[r], act.stuns)


@inlined
def touch(tables: Tables, outcome: Outcome, r: int) -> None:
    """Write the sense of touch, in worlds with people or other agents."""
    if tables.people.first_sense != NONE:
        outcome.senses[tables.people.first_sense + TOUCH, r] = 1.0


@inlined
def excite(tables: Tables, outcome: Outcome, r: int, events: Floats, a: int) -> None:
    """Write the event senses that an act has something to do with."""
    for event in range(events.shape[1]):
        if events[a, event] != 0.0:
            outcome.senses[tables.lethal.size + event, r] = events[a, event]


@inlined
def say(tables: Tables, state: State, outcome: Outcome, i: int, r: int, word: int) -> None:
    """Let others in earshot hear a word, and change the moods of people who like or dislike it; add to the reward."""
    for other in range(i * tables.agents, (i + 1) * tables.agents):
        if other != r and state.alive[other] and in_hearing(tables, state, r, state.agent[other]):
            state.society.spoken[other] = word
    for j in range(tables.people.sort.size):
        person, kind = state.society.person[i, j], tables.people.kind[tables.people.sort[j]]
        liking = tables.people.likes[tables.people.sort[j], word]
        if liking != 0.0 and in_hearing(tables, state, r, person.cell):
            hear(person, kind, liking)
            outcome.reward[r] += liking * kind.standing


@inlined
def in_hearing(tables: Tables, state: State, r: int, cell: int) -> bool:
    """Return whether what the agent says is heard on a cell."""
    return distance(tables, state.agent[r], cell) <= tables.earshot


@inlined
def overhear(state: State, r: int) -> None:
    """Hear what was said at this step, above anything else; what others said above one's own words."""
    if state.society.said[r] != NONE:
        state.heard[r] = state.society.said[r]
    if state.society.spoken[r] != NONE:
        state.heard[r] = state.society.spoken[r]
