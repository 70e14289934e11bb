"""Friends: moods pay, near or far; helping heals and harming hurts, at a cost."""

from __future__ import annotations

import numpy as np
import pytest

from envs.engine.actions import ACTION_NAMES, REST
from envs.friends import friends
from tests.envs.engine.tiny import born, do, meet, person, stand

HELP, HARM = (len(ACTION_NAMES) + act for act in range(2))
FRIEND, STRANGER, ENEMY = range(3)


def quiet(**options: float):
    """Return the world without mishaps, with one friend, a stranger and an enemy far from each other."""
    env = born(friends(friends=1, mishap=0.0, **options))  # type: ignore[arg-type]
    stand(env, 5, 5)
    for j, place in enumerate(((0, 0), (0, 9), (9, 0))):
        meet(env, j, *place)
        person(env, j)["mood"] = 0.0
    return env


def test_a_friends_mood_pays_out_of_sight() -> None:
    env = quiet()
    person(env, FRIEND)["mood"] = -1.0
    person(env, ENEMY)["mood"] = 1.0
    _, reward, _, _, info = env.step(np.int64(REST))
    assert reward == pytest.approx(-0.95)
    assert info["senses"]["other_mood"] == 0.0


def test_an_enemys_mood_pays_the_spiteful() -> None:
    env = quiet(spite=0.5)
    person(env, ENEMY)["mood"] = -1.0
    assert env.step(np.int64(REST))[1] == pytest.approx(0.5 * 0.95)


@pytest.mark.parametrize(("act", "mood", "aches"), [(HELP, 1.0, False), (HARM, -1.0, True)])
def test_help_heals_and_harm_hurts_whoever_is_beside(act: int, mood: float, aches: bool) -> None:
    env = quiet()
    meet(env, FRIEND, 5, 6)
    person(env, FRIEND)["ache"] = 7 * (not aches)
    energy = env.batch.state.levels[0, 0].copy()
    senses = do(env, act)
    assert (person(env, FRIEND)["ache"] > 0) == aches
    assert np.sign(person(env, FRIEND)["mood"]) == mood
    assert senses["touch"] == 1.0
    assert senses["energy"] == pytest.approx(energy - 0.02 - 0.004, abs=1e-6)


def test_helping_nobody_costs_as_much() -> None:
    env = quiet()
    energy = env.batch.state.levels[0, 0].copy()
    assert do(env, HELP)["energy"] == pytest.approx(energy - 0.024, abs=1e-6)


@pytest.mark.parametrize(("j", "relation"), [(FRIEND, 1.0), (STRANGER, 0.0), (ENEMY, -1.0)])
def test_faces_tell_who_is_who(j: int, relation: float) -> None:
    env = quiet()
    meet(env, j, 5, 7)
    senses = do(env, REST)
    assert (senses["person_in_view"], senses["other_relation"]) == (1.0, relation)
    assert (senses["face_near"] > 0.0) == (j != STRANGER)
