"""Words of what is out of view, heard equally often, in a drawn order: the options of a vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dualbrain.errors import UserError
from envs.engine.actions import REST
from envs.engine.declarations import Thing, Vocabulary, in_order
from envs.engine.state import HONEST, MOST_OWED
from envs.engine.world import World
from envs.spider_cave import spider_cave
from envs.vector import VectorWorld
from tests.envs.engine.tiny import cave

WORDS = ("spider", "dark", "stone")
SEEN, NEAR, FAR = range(3)
"""Where a spider is: in view; in earshot, but out of view; neither."""
COLUMNS = np.array([14, 17, 20])
"""Columns of a spider that is there, if the agent stands in column 12, sees 4 cells far and hears 6."""
N, STEPS = 250, 120


def silent_cave(**options: Any) -> World:
    return replace(cave(size=25, speed=0.0), vocabulary=Vocabulary(WORDS, **{"chance": 1.0, **options}))


def play(world: World, hushed: int = 0) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield where each spider is, drawn at each step, and the words ``(N,)`` heard then, -1 for none.

    In the last steps, so many as are ``hushed``, no more words fall due.
    """
    env, random = VectorWorld(world, N), np.random.default_rng(1)
    env.reset(seed=0)
    for step in range(STEPS + hushed):
        if step == STEPS:
            env.tables.talk[0] = np.finfo(np.float32).tiny
        where = random.integers(0, 3, N)
        env.put("agent", (12, 12))
        env.put("spider", np.stack([np.full(N, 12), COLUMNS[where]], 1)[:, np.newaxis])
        env.set_levels({"energy": 1.0})
        bits = env.step(np.full(N, REST))[0][:, env.layout.word]
        yield where, np.where(bits.any(1), bits.argmax(1), -1)


def table(world: World) -> NDArray[np.float64]:
    """Return ``(3, 1 + words)`` the share of silence and of each word, by where the spider is."""
    counts = np.zeros((3, 1 + len(WORDS)))
    for where, word in play(world):
        np.add.at(counts, (where, word + 1), 1)
    return np.asarray(counts / counts.sum(1, keepdims=True))


def near_to(share: float | NDArray[np.float64], expected: float, n: int = N * STEPS // 3) -> bool:
    """Return whether all shares are within four standard errors of what is expected of so many draws."""
    return bool((abs(share - expected) <= 4 * np.sqrt(expected * (1 - expected) / n)).all())


def test_words_of_what_is_unseen_are_announced_in_earshot_and_kept_back_in_view() -> None:
    heard = table(silent_cave(honesty=0.7, unseen_only=True))
    assert near_to(heard[NEAR, 1], 0.7 + 0.1)
    assert near_to(heard[NEAR, 2:], 0.1)
    assert near_to(heard[FAR, 1:], 1 / 3)
    assert heard[SEEN, 1] == 0.0
    assert near_to(heard[SEEN, 2:], 1 / 3)


def test_without_the_option_word_and_thing_are_perceived_together() -> None:
    heard = table(silent_cave(honesty=0.7))
    assert near_to(heard[[SEEN, NEAR], 1], 0.7 + 0.1)


@pytest.mark.parametrize("honesty", [0.0, 0.7, 1.0])
def test_yoked_words_are_true_as_often_as_honesty_and_chance_have_it(honesty: float) -> None:
    """Out of view, the spider is in earshot at every second step: so much of the idle talk of it is true by chance.

    Words fall due so seldom that hardly any waits for another to be heard first.
    """
    spoken = true = 0
    world = silent_cave(honesty=honesty, chance=0.1, unseen_only=True, yoked=True)
    for where, word in play(world, hushed=100):
        assert (where[word == 0] != SEEN).all()
        spoken += (word == 0).sum()
        true += ((word == 0) & (where == NEAR)).sum()
    assert near_to(true / spoken, honesty + (1 - honesty) / 2, spoken)


def test_yoked_words_of_no_honesty_mean_nothing() -> None:
    heard = table(silent_cave(chance=0.3, honesty=0.0, unseen_only=True, yoked=True))
    assert heard[SEEN].tolist() == [1.0, 0.0, 0.0, 0.0]
    spoken = 1 - heard[NEAR:, :1]
    assert near_to(heard[NEAR:, 1:] / spoken, 1 / 3, int(spoken.min() * N * STEPS / 3))


@pytest.mark.parametrize("counts", [{}, {"spiders": 1, "berries": 20, "waters": 2}, {"spiders": 0}])
def test_yoked_words_are_heard_equally_often_whatever_is_there(counts: dict[str, int]) -> None:
    """But for those that are still due, of which each world has few."""
    options: dict[str, Any] = {"size": 20, "view": 5, "cooldown": 0, "chatter": 0.1, "unseen_only": True}
    options |= {"spiders": 3, "honesty": 0.8, **counts}
    heard, owed = heard_in(spider_cave(**options, yoked=True))
    assert near_to((heard + owed) / (heard + owed).sum(), 1 / 6, int((heard + owed).sum()))
    assert (owed < heard).all()
    plain, _ = heard_in(spider_cave(**options))
    assert plain.max() > 1.5 * plain.min()


def test_a_word_that_is_never_true_keeps_the_others_from_getting_ahead() -> None:
    world = silent_cave(honesty=1.0, yoked=True, earshot=1)
    env = VectorWorld(world, 10)
    env.reset(seed=0)
    heard = np.zeros((10, 3), np.int64)
    for _ in range(400):
        env.put("agent", (12, 12))
        env.put("spider", (12, 20))
        env.set_levels({"energy": 1.0})
        heard += env.step(np.full(10, REST))[0][:, env.layout.word]
    assert (env.state.owed[:, 0, HONEST] == MOST_OWED).all()
    assert (heard[:, 0] == 0).all()
    assert (heard[:, 1:] < 3 * MOST_OWED).all()


def heard_in(world: World) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how often each word was heard by agents that act at random, and is still due, through several episodes."""
    env, random = VectorWorld(world, 100), np.random.default_rng(0)
    env.reset(seed=0)
    heard = np.zeros((100, len(env.layout.words)), np.int64)
    for _ in range(160):
        obs, _, terminated, truncated, _ = env.step(random.integers(0, 6, 100))
        last = np.where((terminated | truncated)[:, np.newaxis], env.final_observations, obs)
        heard += last[:, env.layout.word]
    return heard.sum(0), env.state.owed.sum((0, 2)) if world.vocabulary.yoked else np.zeros(6, np.int64)


@pytest.mark.parametrize("lingering", [1, 3])
def test_nothing_is_in_view_while_a_word_names_it(lingering: int) -> None:
    env = VectorWorld(spider_cave(view=5, chatter=1.0, lingering=lingering, unseen_only=True), 60)
    env.reset(seed=0)
    random, heard = np.random.default_rng(0), np.zeros(3)
    for _ in range(120):
        obs = env.step(random.integers(0, 6, 60))[0]
        planes = obs[:, env.layout.view].reshape(60, len(env.layout.planes), -1).max(2) > 0
        for k, name in enumerate(("spider", "berry", "water")):
            says = obs[:, env.layout.hears(name)[0]] > 0
            heard[k] += says.sum()
            assert not (says & planes[:, env.layout.planes.index(name)]).any()
    assert (heard > 50).all()


def test_a_number_draws_which_bit_names_what() -> None:
    worlds = [VectorWorld(spider_cave(permuted=number), 1) for number in (None, 0, 1, 2, 2)]
    places = [tuple(world.layout.hears(*spider_cave().vocabulary.words)) for world in worlds]
    assert places[0] == tuple(range(places[0][0], places[0][0] + 6))
    assert places[3] == places[4]
    assert len({*places}) == 4
    assert all(sorted(place) == [*places[0]] for place in places)
    assert in_order(("a", "b"), None) == ("a", "b")


@pytest.mark.parametrize("number", [None, 0, 1, 2])
def test_bits_name_what_the_probe_says(number: int | None) -> None:
    """All words are honest, and only those of spiders are true."""
    env = VectorWorld(spider_cave(chatter=1.0, honesty=1.0, berries=0, waters=0, permuted=number), 50)
    env.reset(seed=0)
    random, spider = np.random.default_rng(0), env.layout.hears("spider")[0]
    for _ in range(30):
        obs, _, terminated, truncated, _ = env.step(random.integers(0, 6, 50))
        near = (abs(env.where("spider") - env.where("agent")).max(-1) <= 6).any(1) & ~(terminated | truncated)
        assert (obs[near, spider] == 1).all()


def test_what_is_due_is_saved_and_goes_on_through_episodes_until_a_seed_cancels_it() -> None:
    env = VectorWorld(silent_cave(yoked=True, honesty=0.5), 20)

    def words(steps: int) -> NDArray[np.uint8]:
        return np.stack([env.step(np.full(20, REST))[0][:, env.layout.word] for _ in range(steps)])

    env.reset(seed=4)
    first = words(5)
    env.reset(seed=4)
    np.testing.assert_array_equal(words(5), first)
    due = env.state.owed.copy()
    assert due.any()
    env.reset()
    np.testing.assert_array_equal(env.state.owed, due)
    kept = env.state_dict()
    after = words(8)
    env.load_state_dict(kept)
    np.testing.assert_array_equal(words(8), after)


def test_a_word_for_what_a_world_has_none_of_is_idle_talk() -> None:
    world = replace(cave(), things=(Thing("stone", 0, "bush"),))
    env = VectorWorld(replace(world, vocabulary=Vocabulary(WORDS, 1.0, 1.0, yoked=True)), 1)
    env.reset(seed=0)
    said = [env.step(np.array([REST]))[0][0, env.layout.word].tolist() for _ in range(20)]
    assert [0, 0, 1] in said
    assert (env.state.owed[0, 1:, HONEST] == 0).all()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"unseen_only": True, "earshot": 4}, "earshot must exceed 4, how far the eye reaches"),
        ({"yoked": True, "idle": False}, "yoked words need idle talk"),
    ],
)
def test_options_that_cannot_be_met_are_refused(options: dict[str, bool], said: str) -> None:
    with pytest.raises(UserError, match=said):
        silent_cave(**options)
