"""The people of world ``i``, person ``j`` being a `PERSON_STATE`: placed at birth; their moods, pains, meals, turns."""

from __future__ import annotations

from typing import Any

import numpy as np

from envs.engine.beings.creatures import nearest_agent
from envs.engine.beings.gazes import look_about, look_up
from envs.engine.beings.movement import move
from envs.engine.ground import distance, free_cell
from envs.engine.jit import inlined, outlined
from envs.engine.randomness import uniform
from envs.engine.society import NONE
from envs.engine.state import State
from envs.engine.tables import Tables

TRIES = 64
"""Cells tried before a person is put nearer to an agent, or onto another person."""


@outlined
def settle_people(tables: Tables, state: State, i: int) -> None:
    """Put the people on free cells, calm, each with its eyes on what it watches; let all agents be free to act."""
    for r in range(i * tables.agents, (i + 1) * tables.agents):
        state.society.stunned[r] = 0
        state.society.spoken[r] = state.society.called[r] = state.society.said[r] = NONE
    people = state.society.person[i]
    for j in range(people.size):
        people[j].cell = NONE
    for j in range(people.size):
        people[j].cell = free_place(tables, state, i, tables.people.kind[tables.people.sort[j]].clearance)
        be_calm(people[j])
    for j in range(people.size):
        look_about(tables, state, i, j)


@inlined
def be_calm(person: Any) -> None:
    """Begin life."""
    person.mood = person.stirred = np.float32(0.0)
    person.ache = person.away = person.task = person.used = 0
    person.hand = person.detour = person.least = 0
    person.goal = NONE
    person.heading = 1
    person.hasty = person.ate = False
    look_up(person)


@inlined
def free_place(tables: Tables, state: State, i: int, clearance: int) -> int:
    """Draw a free cell, if possible without a person and not too near an agent."""
    cell = free_cell(tables, state, i)
    for _ in range(TRIES):
        near = distance(tables, cell, state.agent[nearest_agent(tables, state, i, cell)]) < clearance
        if not near and not has_person(state, i, cell):
            break
        cell = free_cell(tables, state, i)
    return cell


@inlined
def has_person(state: State, i: int, cell: int) -> bool:
    """Return whether a person stands on a cell."""
    found = False
    for j in range(state.society.person.shape[1]):
        found |= state.society.person[i, j].cell == cell
    return found


@inlined
def grow_calm(tables: Tables, state: State, i: int) -> None:
    """Begin a step: pains wear off, moods fade where there is none, and what was heard before sinks in."""
    for j in range(tables.people.sort.size):
        person = state.society.person[i, j]
        person.ate = False
        person.away = max(person.away - 1, 0)
        if person.ache > 0:
            person.ache -= 1
        if person.ache == 0:
            person.mood *= np.float32(1.0) - tables.people.kind[tables.people.sort[j]].calm
        if person.stirred != 0.0:
            feel_moved(person, person.stirred)
            person.stirred = np.float32(0.0)


@inlined
def live_on(tables: Tables, state: State, i: int) -> None:
    """Let every person take its turn: come to grief, eat, move, and look."""
    for j in range(tables.people.sort.size):
        person, kind = state.society.person[i, j], tables.people.kind[tables.people.sort[j]]
        if kind.mishap > 0.0 and uniform(state.stream, i) < kind.mishap:
            come_to_grief(person, kind)
        if kind.meal > 0.0 and uniform(state.stream, i) < kind.meal:
            person.ate = True
            person.mood = np.float32(1.0)
        if person.ache > 0 and kind.cry != NONE:
            cry(tables, state, i, person, kind)
        move(tables, state, i, person, kind, tables.people.recipe[tables.people.sort[j]])
    for j in range(tables.people.sort.size):
        look_about(tables, state, i, j)


@inlined
def come_to_grief(person: Any, kind: Any) -> None:
    """Put a person in pain for its whole ``ache``."""
    person.ache = kind.ache
    person.mood = np.float32(-1.0)


@outlined
def cry(tables: Tables, state: State, i: int, person: Any, kind: Any) -> None:
    """Let all agents that the cry of a person carries to hear it, and who it is."""
    for r in range(i * tables.agents, (i + 1) * tables.agents):
        if state.alive[r] and distance(tables, person.cell, state.agent[r]) <= kind.carries:
            state.society.spoken[r], state.society.called[r] = kind.cry, kind.call


@inlined
def hear(person: Any, kind: Any, liking: float) -> None:
    """Be moved by a word, now or, if slow, at the next step."""
    if kind.slow:
        person.stirred += np.float32(liking)
    else:
        feel_moved(person, liking)


@inlined
def feel_moved(person: Any, change: float) -> None:
    """Change the mood of a person, within [-1, 1]."""
    person.mood = min(max(person.mood + np.float32(change), np.float32(-1.0)), np.float32(1.0))


@inlined
def welfare(tables: Tables, state: State, i: int) -> float:
    """Return what the moods of all people are worth to everybody at a step."""
    total = 0.0
    for j in range(tables.people.sort.size):
        total += float(tables.people.kind[tables.people.sort[j]].welfare * state.society.person[i, j].mood)
    return total
