"""Innate social senses, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from envs.engine.actions import CONSUME, REST
from envs.engine.declarations import Act, Person, Thing, Vocabulary
from envs.single import SingleWorld
from tests.envs.engine.tiny import born, do, lay, meadow, meet, person, stand

FAR = (8, 8)


def someone(name: str = "friend", **fields: Any) -> Person:
    return Person(name, **{"count": 1, "sprite": name, "manner": "stay", "calm": 0.0, **fields})


def among(*places: tuple[int, int], people: tuple[Person, ...], **fields: Any) -> SingleWorld:
    """Begin a world with an agent at (4, 4) that sees 3 cells far, and people at these places."""
    env = born(meadow(**{"size": 9, "view": 7, "people": people, **fields}))
    stand(env, 4, 4)
    for j, place in enumerate(places):
        meet(env, j, *place)
    return env


def sensed(env: SingleWorld, *names: str) -> list[float]:
    senses = do(env, REST)
    return [senses[name] for name in names]


def test_only_worlds_with_somebody_else_have_them() -> None:
    assert "face_near" not in born(meadow()).senses
    env = among(FAR, people=(someone(),))
    assert [*env.senses][-13:] == [
        "face_near",
        "gaze_on_me",
        "being_watched",
        "voice",
        "touch",
        "other_mood",
        "other_pain",
        "other_ate",
        "other_near",
        "person_in_view",
        "other_relation",
        "gaze_shared",
        "prestige_near",
    ]


@pytest.mark.parametrize(
    ("place", "face", "near", "view"),
    [
        ((4, 4), 1.0, 1.0, 1.0),
        ((5, 5), 1.0, 1.0, 1.0),
        ((2, 3), 0.5, 1.0, 1.0),
        ((4, 7), 0.0, 0.0, 1.0),
        ((4, 8), 0.0, 0.0, 0.0),
    ],
)
def test_who_is_near(place: tuple[int, int], face: float, near: float, view: float) -> None:
    for familiar in (True, False):
        env = among(place, people=(someone(familiar=familiar),))
        names = ("face_near", "other_near", "person_in_view")
        assert sensed(env, *names) == [face if familiar else 0.0, near, view]


def test_faces_in_view_tell_mood_pain_and_relation() -> None:
    friend, stranger = someone(relation=0.5), someone("stranger", familiar=False, relation=-1.0)
    names = ("other_mood", "other_pain", "other_relation")
    env = among((4, 6), FAR, people=(friend, stranger))
    person(env, 0)["mood"], person(env, 0)["ache"] = -0.25, 9
    person(env, 1)["mood"], person(env, 1)["ache"] = 0.75, 9
    assert sensed(env, *names) == [-0.25, 1.0, 0.5]
    meet(env, 1, 4, 5)
    assert sensed(env, *names) == [-0.25, 1.0, 0.0]
    meet(env, 0, *FAR)
    assert sensed(env, *names) == [0.0, 0.0, 0.0]


def test_the_mood_is_that_of_the_nearest_face_and_the_pain_anybodys() -> None:
    env = among((4, 5), (4, 6), people=(someone(count=2),))
    person(env, 0)["mood"], person(env, 1)["mood"], person(env, 1)["ache"] = 0.5, -1.0, 9
    assert sensed(env, "other_mood", "other_pain") == [0.5, 1.0]


def test_a_gaze_on_the_agent_is_felt_from_familiar_eyes_in_view() -> None:
    people = (someone(watches="agent", count=2), someone("stranger", familiar=False, watches="agent", count=2))
    env = among((4, 6), FAR, (4, 3), FAR, people=people)
    assert sensed(env, "gaze_on_me", "being_watched") == [1.0, 0.25]
    meet(env, 1, 5, 5)
    assert sensed(env, "gaze_on_me", "being_watched") == [1.0, 0.5]
    for j in (0, 1):
        meet(env, j, *FAR)
    assert sensed(env, "gaze_on_me", "being_watched") == [0.0, 0.0]


def test_attention_is_shared_with_the_nearest_face() -> None:
    people = (someone(watches="tree"), someone("fan", watches="agent"))
    env = among((2, 4), FAR, people=people, things=(Thing("tree", 1, "tree"),))
    for tree, shared in (((5, 5), 1.0), ((4, 4), 1.0), ((4, 6), 0.0)):
        lay(env, 0, *tree)
        assert sensed(env, "gaze_shared") == [shared]
    lay(env, 0, 5, 5)
    # One who looks at the agent shares nothing with it.
    meet(env, 1, 4, 5)
    assert sensed(env, "gaze_shared") == [0.0]


def test_prestige_is_the_share_of_eyes_on_whom_one_is_with() -> None:
    elder, fan = someone("elder", familiar=False), someone("fan", watches="elder")
    people = (elder, fan, someone("lad"), someone("spy", familiar=False, watches="elder"))
    env = among((4, 5), (2, 2), (6, 6), (6, 2), people=people)
    assert sensed(env, "prestige_near") == [0.5]
    meet(env, 2, *FAR)
    assert sensed(env, "prestige_near") == [1.0]
    meet(env, 1, 4, 4)
    assert sensed(env, "prestige_near") == [0.0]
    for j in (0, 1, 2, 3):
        meet(env, j, 0, 0)
    assert sensed(env, "prestige_near") == [0.0]


def test_a_word_is_somebodys_voice_where_somebody_is_in_earshot() -> None:
    words = Vocabulary(("hush",), chance=1.0, honesty=0.0, earshot=3)
    env = among((4, 7), people=(someone(familiar=False),), vocabulary=words)
    assert sensed(env, "voice") == [1.0]
    meet(env, 0, *FAR)
    assert sensed(env, "voice") == [0.0]
    env = among((4, 7), people=(someone(),))
    assert sensed(env, "voice") == [0.0]


def test_a_tone_is_nobodys_voice() -> None:
    lever = Thing("lever", 1, "lever", tastes={"ate": 1.0}, delay=2, tone="click")
    env = among((4, 5), people=(someone(),), things=(lever,), vocabulary=Vocabulary(("click",), chance=0.0))
    lay(env, 0, 4, 4)
    obs, *_, info = env.step(np.int64(CONSUME))
    assert obs[env.layout.word].all()
    assert info["senses"]["voice"] == 0.0


def test_meals_are_seen_on_familiar_faces_in_view() -> None:
    people = (someone(meal=1.0), someone("stranger", familiar=False, meal=1.0))
    env = among((4, 7), (4, 5), people=people)
    assert sensed(env, "other_ate") == [1.0]
    meet(env, 0, *FAR)
    assert sensed(env, "other_ate") == [0.0]


def test_a_reset_senses_who_is_there_but_no_event() -> None:
    env = born(meadow(size=5, view=9, people=(someone(meal=1.0, watches="agent"),), acts=(Act("poke"),)))
    _, info = env.reset()
    assert info["senses"]["person_in_view"] == info["senses"]["gaze_on_me"] == 1.0
    assert info["senses"]["other_ate"] == 0.0
