"""Choose what the people of world ``i`` look at.

Agents and people are followed from step to step, the nearest of those watched. A thing, once chosen, is looked at
until it is gone or turned into another kind, or until none of the watched kind is left: so a lie lasts as long as what
it is about.
"""

from __future__ import annotations

from typing import Any

from envs.engine.beings.creatures import nearest_agent
from envs.engine.ground import distance
from envs.engine.jit import inlined
from envs.engine.randomness import below, uniform
from envs.engine.society import AGENT, NOBODY, NONE, PERSON, THING
from envs.engine.state import PRESENT, State
from envs.engine.tables import Tables


@inlined
def look_up(person: Any) -> None:
    """Look at nothing."""
    person.eyes = NOBODY
    person.target = NONE


@inlined
def look_about(tables: Tables, state: State, i: int, j: int) -> None:
    """Let person ``j`` turn its eyes to what it watches."""
    person, kind = state.society.person[i, j], tables.people.kind[tables.people.sort[j]]
    if kind.looks_for == AGENT:
        r = nearest_agent(tables, state, i, person.cell)
        if state.alive[r] and distance(tables, person.cell, state.agent[r]) <= kind.notice:
            look_at(person, AGENT, r)
        else:
            look_up(person)
    elif kind.looks_for == PERSON:
        look_at(person, PERSON, nearest_of_kind(tables, state, i, j, kind.which))
    elif kind.looks_for == THING:
        look_at_thing(tables, state, i, person, kind)


@inlined
def look_at(person: Any, sort: int, target: int) -> None:
    """Look at an agent, a person or a thing, or at nothing if that is `NONE`."""
    person.eyes = sort if target != NONE else NOBODY
    person.target = target


@inlined
def nearest_of_kind(tables: Tables, state: State, i: int, j: int, kind: int) -> int:
    """Return the person of a kind nearest to person ``j``, the first of those equally near, or `NONE`."""
    nearest, least = NONE, tables.row.size
    for k in range(tables.people.sort.size):
        away = distance(tables, state.society.person[i, j].cell, state.society.person[i, k].cell)
        if k != j and tables.people.sort[k] == kind and away < least:
            nearest, least = k, away
    return nearest


@inlined
def nearest_thing(tables: Tables, state: State, i: int, cell: int, kind: int) -> int:
    """Return the thing that is nearest to a cell and of a kind now, the first of those equally near, or `NONE`."""
    nearest, least = NONE, tables.row.size
    for m in range(tables.thing_kind.size):
        away = distance(tables, cell, state.place[i, m])
        if away < least and kind_now(state, i, m) == kind:
            nearest, least = m, away
    return nearest


@inlined
def kind_now(state: State, i: int, m: int) -> int:
    """Return the kind that thing ``m`` is of, which acts may have changed; 0 while it is gone."""
    return int(state.grid[i, state.place[i, m]]) if state.due[i, m] == PRESENT else 0


@inlined
def look_at_thing(tables: Tables, state: State, i: int, person: Any, kind: Any) -> None:
    """Keep looking at a thing as long as it is there, else choose: what is watched or, if not honest, its like."""
    now = kind_now(state, i, person.target) if person.eyes == THING else 0
    if now == kind.which:
        return
    true = nearest_thing(tables, state, i, person.cell, kind.which)
    if true == NONE:
        look_up(person)
        return
    if tables.people.alike[kind.which, now]:
        return
    if kind.honesty < 1.0 and uniform(state.stream, i) >= kind.honesty:
        like = any_like(tables, state, i, kind.which)
        true = like if like != NONE else true
    look_at(person, THING, true)


@inlined
def any_like(tables: Tables, state: State, i: int, kind: int) -> int:
    """Draw a thing of any other kind that looks the same, or return `NONE`."""
    alike = 0
    for m in range(tables.thing_kind.size):
        alike += tables.people.alike[kind, kind_now(state, i, m)]
    if alike == 0:
        return NONE
    chosen = below(state.stream, i, alike)
    for m in range(tables.thing_kind.size):
        chosen -= tables.people.alike[kind, kind_now(state, i, m)]
        if chosen < 0:
            return m
    return NONE


@inlined
def looked_at(state: State, i: int, person: Any) -> int:
    """Return the cell that a person looks at, or `NONE`."""
    if person.eyes == AGENT:
        return int(state.agent[person.target])
    if person.eyes == PERSON:
        return int(state.society.person[i, person.target].cell)
    if person.eyes == THING:
        return int(state.place[i, person.target])
    return NONE
