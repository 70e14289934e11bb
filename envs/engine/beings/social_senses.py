"""The innate social senses of agent ``r`` in world ``i``; `envs.engine.senses` says what each of them means."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from envs.engine.beings.faces import in_view
from envs.engine.beings.gazes import looked_at
from envs.engine.ground import distance
from envs.engine.jit import inlined
from envs.engine.senses import (
    BEING_WATCHED,
    DAMAGE,
    FACE_NEAR,
    GAZE_ON_ME,
    GAZE_SHARED,
    OTHER_ATE,
    OTHER_MOOD,
    OTHER_NEAR,
    OTHER_PAIN,
    OTHER_RELATION,
    PERSON_IN_VIEW,
    PRESTIGE_NEAR,
    TASTED,
    VOICE,
)
from envs.engine.society import AGENT, NONE, PERSON
from envs.engine.state import SILENCE, Outcome, State
from envs.engine.tables import Tables

Floats = NDArray[np.float32]
NEARBY, COMPANY = 2, 3
"""Distance within which a person is near, and within which an agent is in the company of a respected one."""


@inlined
def witness(tables: Tables, state: State, outcome: Outcome, i: int, r: int) -> None:
    """Write the senses of what other agents in view did at this step: eat, get hurt."""
    row = tables.people.first_sense
    for other in range(i * tables.agents, (i + 1) * tables.agents if tables.agents > 1 else 0):
        if other != r and state.alive[other] and in_view(tables, state, r, state.agent[other]):
            if outcome.senses[tables.first_sense + TASTED, other] > 0.0:
                outcome.senses[row + OTHER_ATE, r] = 1.0
            if outcome.senses[tables.first_sense + DAMAGE, other] > 0.0:
                outcome.senses[row + OTHER_PAIN, r] = 1.0


@inlined
def sense_others(tables: Tables, state: State, i: int, r: int, senses: Floats) -> None:
    """Write the senses of who is there, what is heard of them, and what is read off their faces."""
    half, far = tables.span // 2, int(tables.row.size)
    person, near, face, face_near = NONE, far, NONE, far
    for j in range(tables.people.sort.size):
        away = distance(tables, state.agent[r], state.society.person[i, j].cell)
        if away < near:
            person, near = j, away
        if tables.people.kind[tables.people.sort[j]].familiar:
            if away < face_near:
                face, face_near = j, away
            if away <= half:
                read_face(tables, state, i, r, j, senses)
    agent = away_from_agent(tables, state, i, r)
    sense_presence(tables, r, min(near, agent), min(face_near, agent), senses)
    listen_for_voice(tables, state, r, near, senses)
    if near <= half:
        sense_company(tables, r, person, senses)
    if face_near <= half:
        share_gaze(tables, state, i, r, face, senses)
    if near <= COMPANY and tables.people.sort.size > 1:
        senses[tables.people.first_sense + PRESTIGE_NEAR, r] = prestige(tables, state, i, r, person)


@inlined
def read_face(tables: Tables, state: State, i: int, r: int, j: int, senses: Floats) -> None:
    """Write what each familiar face in view shows: whom it looks at, whether it is in pain, whether it eats."""
    row, person = tables.people.first_sense, state.society.person[i, j]
    if person.eyes == AGENT and person.target == r:
        senses[row + GAZE_ON_ME, r] = 1.0
        senses[row + BEING_WATCHED, r] += np.float32(1.0) / np.float32(tables.people.sort.size)
    if person.ache > 0:
        senses[row + OTHER_PAIN, r] = 1.0
    if person.ate:
        senses[row + OTHER_ATE, r] = 1.0


@inlined
def sense_presence(tables: Tables, r: int, near: int, face_near: int, senses: Floats) -> None:
    """Write how near the nearest of all and the nearest face are."""
    row, seen = tables.people.first_sense, min(NEARBY, tables.span // 2)
    senses[row + OTHER_NEAR, r] = 1.0 if near <= NEARBY else 0.0
    senses[row + FACE_NEAR, r] = 0.0 if face_near > seen else 1.0 if face_near < NEARBY else 0.5


@inlined
def listen_for_voice(tables: Tables, state: State, r: int, near: int, senses: Floats) -> None:
    """Write whether a voice was heard: of another agent, or of a person ``near`` cells away; a tone is no voice."""
    a_tone = state.delay[r] > 0 and state.heard[r] == tables.mouthfuls[state.stomach[r]].tone
    one_s_own = state.society.said[r] != NONE and state.society.said[r] == state.heard[r]
    by_person = state.heard[r] != SILENCE and near <= tables.earshot and not (a_tone or one_s_own)
    if by_person or state.society.spoken[r] != NONE:
        senses[tables.people.first_sense + VOICE, r] = 1.0


@inlined
def away_from_agent(tables: Tables, state: State, i: int, r: int) -> int:
    """Return the distance of the agent to the nearest other one, far more than any if there is none."""
    least = int(tables.row.size)
    for other in range(i * tables.agents, (i + 1) * tables.agents):
        if other != r and state.alive[other]:
            least = min(least, distance(tables, state.agent[r], state.agent[other]))
    return least


@inlined
def sense_company(tables: Tables, r: int, j: int, senses: Floats) -> None:
    """Write that a person is in view, and what the agent knows of the nearest."""
    row, kind = tables.people.first_sense, tables.people.kind[tables.people.sort[j]]
    senses[row + PERSON_IN_VIEW, r] = 1.0
    senses[row + OTHER_RELATION, r] = kind.relation if kind.familiar else np.float32(0.0)


@inlined
def prestige(tables: Tables, state: State, i: int, r: int, j: int) -> float:
    """Return the share of the other familiar people in view who look at person ``j``."""
    seen = admirers = 0
    for k in range(tables.people.sort.size):
        person = state.society.person[i, k]
        if k != j and tables.people.kind[tables.people.sort[k]].familiar and in_view(tables, state, r, person.cell):
            seen += 1
            admirers += person.eyes == PERSON and person.target == j
    return float(np.float32(admirers) / np.float32(max(seen, 1)))


@inlined
def share_gaze(tables: Tables, state: State, i: int, r: int, j: int, senses: Floats) -> None:
    """Write what the nearest familiar face shows: a mood, and a direction of gaze."""
    row, person = tables.people.first_sense, state.society.person[i, j]
    there = looked_at(state, i, person)
    senses[row + OTHER_MOOD, r] = person.mood
    at_me = person.eyes == AGENT and person.target == r
    if there != NONE and not at_me and distance(tables, state.agent[r], there) <= 1:
        senses[row + GAZE_SHARED, r] = 1.0
