"""The innate social senses of agent ``r`` in world ``i``; `envs.engine.senses` says what each of them means."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from envs.engine.compiled import part, seldom
from envs.engine.faces import in_view
from envs.engine.gazes import looked_at
from envs.engine.ground import distance
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
"""Distance within which somebody is near, and within which one keeps the company of somebody looked up to."""


@seldom
def witness(tables: Tables, state: State, outcome: Outcome, i: int, r: int) -> None:
    """Write the senses of what others did at this step: speak, eat, get hurt."""
    row = tables.people.told
    somebody = False
    for j in range(tables.people.sort.size):
        person, kind = state.society.person[i, j], tables.people.kind[tables.people.sort[j]]
        somebody |= distance(tables, state.agent[r], person.cell) <= tables.earshot
        if person.ate and kind.familiar and in_view(tables, state, r, person.cell):
            outcome.senses[row + OTHER_ATE, r] = 1.0
    for other in range(i * tables.agents, (i + 1) * tables.agents):
        if other != r and state.alive[other] and in_view(tables, state, r, state.agent[other]):
            if outcome.senses[tables.told + TASTED, other] > 0.0:
                outcome.senses[row + OTHER_ATE, r] = 1.0
            if outcome.senses[tables.told + DAMAGE, other] > 0.0:
                outcome.senses[row + OTHER_PAIN, r] = 1.0
    a_tone = state.delay[r] > 0 and state.heard[r] == tables.mouthfuls[state.stomach[r]].tone
    if state.society.spoken[r] != NONE or (somebody and state.heard[r] != SILENCE and not a_tone):
        outcome.senses[row + VOICE, r] = 1.0


@seldom
def sense_others(tables: Tables, state: State, i: int, r: int, senses: Floats) -> None:
    """Write the senses of who is there, and of what is read off their faces."""
    row, half = tables.people.told, tables.span // 2
    person = nearest_person(tables, state, i, r, False)
    face = nearest_person(tables, state, i, r, True)
    agent = away_from_agent(tables, state, i, r)
    near = min(agent, away_from(tables, state, i, r, person))
    face_near = min(agent, away_from(tables, state, i, r, face))
    senses[row + OTHER_NEAR, r] = 1.0 if near <= NEARBY else 0.0
    senses[row + FACE_NEAR, r] = 0.0 if face_near > min(NEARBY, half) else 1.0 if face_near < NEARBY else 0.5
    if person != NONE:
        sense_company(tables, state, i, r, person, senses)
    if face != NONE and away_from(tables, state, i, r, face) <= half:
        sense_face(tables, state, i, r, state.society.person[i, face], senses)
        sense_gazes(tables, state, i, r, senses)


@part
def nearest_person(tables: Tables, state: State, i: int, r: int, familiar: bool) -> int:
    """Return the nearest person, or the nearest familiar one, the first of those equally near; `NONE` without any."""
    nearest, least = NONE, tables.row.size
    for j in range(tables.people.sort.size):
        away = distance(tables, state.agent[r], state.society.person[i, j].cell)
        if away < least and (not familiar or tables.people.kind[tables.people.sort[j]].familiar):
            nearest, least = j, away
    return nearest


@part
def away_from(tables: Tables, state: State, i: int, r: int, j: int) -> int:
    """Return the distance of the agent to a person, far more than any if that is `NONE`."""
    if j == NONE:
        return int(tables.row.size)
    return distance(tables, state.agent[r], state.society.person[i, j].cell)


@part
def away_from_agent(tables: Tables, state: State, i: int, r: int) -> int:
    """Return the distance of the agent to the nearest other one, far more than any if there is none."""
    least = int(tables.row.size)
    for other in range(i * tables.agents, (i + 1) * tables.agents):
        if other != r and state.alive[other]:
            least = min(least, distance(tables, state.agent[r], state.agent[other]))
    return least


@part
def sense_company(tables: Tables, state: State, i: int, r: int, j: int, senses: Floats) -> None:
    """Write what the nearest person means to the agent, and to others."""
    row, kind = tables.people.told, tables.people.kind[tables.people.sort[j]]
    if in_view(tables, state, r, state.society.person[i, j].cell):
        senses[row + PERSON_IN_VIEW, r] = 1.0
        senses[row + OTHER_RELATION, r] = kind.relation if kind.familiar else np.float32(0.0)
    if away_from(tables, state, i, r, j) <= COMPANY:
        senses[row + PRESTIGE_NEAR, r] = prestige(tables, state, i, r, j)


@part
def prestige(tables: Tables, state: State, i: int, r: int, j: int) -> float:
    """Return the share of the other familiar people in view who look at person ``j``."""
    seen = admirers = 0
    for k in range(tables.people.sort.size):
        person = state.society.person[i, k]
        if k != j and tables.people.kind[tables.people.sort[k]].familiar and in_view(tables, state, r, person.cell):
            seen += 1
            admirers += person.eyes == PERSON and person.target == j
    return float(np.float32(admirers) / np.float32(max(seen, 1)))


@part
def sense_face(tables: Tables, state: State, i: int, r: int, person: Any, senses: Floats) -> None:
    """Write what the nearest familiar face tells: a mood, and where to look."""
    row, there = tables.people.told, looked_at(state, i, person)
    senses[row + OTHER_MOOD, r] = person.mood
    at_me = person.eyes == AGENT and person.target == r
    if there != NONE and not at_me and distance(tables, state.agent[r], there) <= 1:
        senses[row + GAZE_SHARED, r] = 1.0


@part
def sense_gazes(tables: Tables, state: State, i: int, r: int, senses: Floats) -> None:
    """Write what all familiar faces in view tell: who looks at the agent, whether anybody is in pain."""
    row, watchers = tables.people.told, 0
    for j in range(tables.people.sort.size):
        person = state.society.person[i, j]
        if not tables.people.kind[tables.people.sort[j]].familiar or not in_view(tables, state, r, person.cell):
            continue
        watchers += person.eyes == AGENT and person.target == r
        if person.ache > 0:
            senses[row + OTHER_PAIN, r] = 1.0
    senses[row + GAZE_ON_ME, r] = 1.0 if watchers > 0 else 0.0
    senses[row + BEING_WATCHED, r] = np.float32(watchers) / np.float32(tables.people.sort.size)
