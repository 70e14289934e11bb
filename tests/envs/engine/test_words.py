"""What is heard."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from envs.engine.actions import REST
from envs.engine.declarations import Vocabulary
from envs.engine.world import World
from envs.single import SingleWorld
from tests.envs.engine.tiny import born, cave, loose, stand

WORDS = ("spider", "dark", "stone")


def quiet_cave(chance: float, honesty: float) -> World:
    return replace(cave(size=16, speed=0.0), vocabulary=Vocabulary(WORDS, chance, honesty, earshot=6))


def heard(env: SingleWorld, steps: int) -> Counter[str]:
    """Count the words of some steps in which the body does not weaken."""
    words: Counter[str] = Counter()
    for _ in range(steps):
        env.batch.state.levels[:] = 1.0
        bits = env.step(np.int64(REST))[0][env.layout.word]
        words[WORDS[bits.argmax()] if bits.any() else ""] += 1
    return words


def test_honest_words_name_what_is_in_earshot() -> None:
    env = born(quiet_cave(chance=1.0, honesty=1.0))
    stand(env, 8, 2)
    loose(env, 0, 8, 8)
    assert heard(env, 50) == {"spider": 50}


def test_idle_talk_is_any_word() -> None:
    env = born(quiet_cave(chance=1.0, honesty=1.0))
    stand(env, 8, 2)
    loose(env, 0, 8, 9)
    words = heard(env, 900)
    assert set(words) == set(WORDS)
    assert all(240 < count < 360 for count in words.values())


def test_without_idle_talk_words_announce_or_there_is_silence() -> None:
    words = Vocabulary(WORDS, 1.0, 1.0, earshot=6, idle=False)
    env = born(replace(quiet_cave(1.0, 1.0), vocabulary=words))
    stand(env, 8, 2)
    loose(env, 0, 8, 9)
    assert heard(env, 50) == {"": 50}
    loose(env, 0, 8, 8)
    assert heard(env, 50) == {"spider": 50}


def test_chance_and_honesty_are_as_declared() -> None:
    env = born(quiet_cave(chance=0.25, honesty=0.7))
    stand(env, 8, 2)
    loose(env, 0, 8, 8)
    words = heard(env, 1900)
    spoken = 1900 - words[""]
    assert abs(spoken / 1900 - 0.25) < 0.04
    assert abs(words["spider"] / spoken - (0.7 + 0.3 / 3)) < 0.06


def test_no_word_is_heard_at_birth() -> None:
    env = born(quiet_cave(chance=1.0, honesty=0.0))
    assert not env.reset()[0][env.layout.word].any()
