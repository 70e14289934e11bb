"""Cries of people in pain, words that linger, and words that one says aloud."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from dualbrain.errors import UserError
from envs.engine.actions import REST
from envs.engine.declarations import Act, Person, Vocabulary
from envs.engine.world import World
from envs.friends import friends
from envs.single import SingleWorld
from tests.envs.engine.tiny import born, cell, meadow, stand

WORDS = ("ouch", "friend", "hello")
FRIEND = Person("friend", 1, "friend", "stay", cry="ouch", carries=6, ache=3)
HELLO = Act("hello", says="hello", aloud=True)


def village(person: Person = FRIEND, **fields: object) -> World:
    return meadow(size=12, people=(person,), vocabulary=Vocabulary(WORDS, 0.0, earshot=2), acts=(HELLO,), **fields)


def apart(world: World, columns: int, ache: int) -> SingleWorld:
    """Return a world with the person so many columns away from the agent, and in pain for so many steps."""
    env = born(world)
    stand(env, 5, 1)
    person = env.batch.state.society.person[0, 0]
    person["cell"], person["ache"] = cell(env, 5, 1 + columns), ache
    return env


def words(env: SingleWorld, action: int = REST) -> tuple[Collection[str], float]:
    """Return the words heard at a step, and the sense of voice."""
    obs, _, _, _, info = env.step(np.int64(action))
    return {WORDS[k] for k in np.flatnonzero(obs[env.layout.word])}, info["senses"]["voice"]


@pytest.mark.parametrize(("columns", "heard"), [(1, True), (6, True), (7, False)])
def test_a_cry_carries_so_far_and_says_who_it_is(columns: int, heard: bool) -> None:
    env = apart(village(), columns, ache=3)
    expected = ({"ouch", "friend"}, 1.0) if heard else (set(), 0.0)
    assert [words(env) for _ in range(2)] == [expected] * 2  # pain wears off at the beginning of a step
    assert words(env) == (set(), 0.0)


def test_who_has_no_name_among_the_words_only_cries() -> None:
    env = apart(village(replace(FRIEND, name="someone")), 3, ache=5)
    assert words(env) == ({"ouch"}, 1.0)


def test_one_hears_oneself_but_that_is_no_voice() -> None:
    env = apart(village(), 2, ache=0)
    assert words(env, env.batch.world.action_names.index("hello")) == ({"hello"}, 0.0)
    assert words(env) == (set(), 0.0)


def test_a_cry_drowns_ones_own_words() -> None:
    env = apart(village(), 2, ache=9)
    assert words(env, env.batch.world.action_names.index("hello")) == ({"ouch", "friend"}, 1.0)


def test_words_linger() -> None:
    world = meadow(vocabulary=Vocabulary(WORDS, chance=0.1, lingers=4))
    env = born(world)
    bits = []
    for _ in range(600):
        env.batch.state.levels[:] = 1.0
        bits.append(env.step(np.int64(REST))[0][env.layout.word])
    heard = np.array([WORDS[b.argmax()] if b.any() else "" for b in bits])
    starts = [0, *(np.flatnonzero(heard[1:] != heard[:-1]) + 1), len(heard)]
    spans = [(heard[a], b - a) for a, b in pairwise(starts[1:-1])]
    assert all(length % 4 == 0 for word, length in spans if word)
    assert sum(bool(word) for word, _ in spans) > 20


def test_a_cry_is_a_word_of_the_vocabulary() -> None:
    with pytest.raises(UserError, match="did you mean 'ouch'"):
        village(replace(FRIEND, cry="ouc"))


def test_where_friends_cry_brains_of_worlds_with_spiders_can_live() -> None:
    assert born(friends(cries=True)).layout == born(friends(cries=True, spiders=1)).layout


def test_friends_cry_beyond_sight() -> None:
    env = born(friends(cries=True, spiders=1, friends=1, strangers=0, enemies=0))
    stand(env, 0, 0)
    person = env.batch.state.society.person[0, 0]
    person["cell"], person["ache"] = cell(env, 7, 7), 5
    obs = env.step(np.int64(REST))[0]
    names = np.array(env.batch.world.vocabulary.words)
    assert {"spider", "friend"} <= set(names[obs[env.layout.word].astype(bool)])
