"""TMaze: the word that is heard first names the arm with the food, and nothing else does."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from dualbrain.errors import UserError
from envs.engine.actions import CONSUME, EAST, NORTH, WEST
from envs.scripted.t_maze import Rememberer
from envs.t_maze import t_maze
from envs.vector import VectorWorld
from tests.envs.engine.tiny import born, do
from tests.envs.lives import Lives, expert, live, make

NAME = "dualbrain/TMaze-v0"


def words(world: VectorWorld, obs: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the words heard ``(N,)``, -1 for none."""
    bits = obs[:, world.layout.word]
    return np.where(bits.any(1), bits.argmax(1), -1)


def side_of_food(world: VectorWorld) -> NDArray[np.int64]:
    """Return ``(N,)`` on which side of the stem the food lies: 0 west, 1 east."""
    return (world.where("food")[:, 0, 1] > world.world.size // 2).astype(np.int64)


def test_the_first_word_names_the_side_and_is_not_heard_again() -> None:
    world = make(NAME, 400)
    obs, _ = world.reset(seed=0)
    side, steps = side_of_food(world), world.where("agent")[:, 0, 0]
    np.testing.assert_array_equal(words(world, obs), side)
    assert abs(side.mean() - 0.5) < 0.1
    assert {*steps} == {*range(10, 31)}
    for _ in range(9):
        assert (words(world, world.step(np.full(400, NORTH))[0]) == -1).all()


def test_without_memory_the_choice_is_independent_of_the_word() -> None:
    """Seen from each cell of the plan, both worlds are the same in each bit once the word has faded."""
    world = make(NAME, 60)
    obs, _ = world.reset(seed=0)
    cells = np.argwhere(np.array([[*row] for row in world.world.plan]) != "#")
    side = side_of_food(world)
    world.step(np.zeros(60, np.int64))
    seen = []
    for place in cells:
        world.put("agent", place)
        obs, *_, info = world.step(np.zeros(60, np.int64))
        senses = np.stack([info["senses"][name] for name in world.senses if name != "visits"], 1)
        for rows in (side == 0, side == 1):
            assert (obs[rows] == obs[0]).all()
            assert (senses[rows] == senses[0]).all()
        seen.append(obs[0])
    stem = [found for found, (row, _) in zip(seen, cells, strict=True) if 2 < row <= 30]
    assert len(np.unique(stem, axis=0)) == 1, "a place in the stem can be told by its looks"


def test_the_same_actions_look_the_same_whatever_was_heard() -> None:
    world = make(NAME, 300, shortest=4, longest=6)
    world.reset(seed=0)
    side, start = side_of_food(world), world.where("agent")[:, 0, 0]
    actions = np.random.default_rng(0).choice([NORTH, EAST, WEST], (40, 1), p=[0.6, 0.2, 0.2])
    for action in np.broadcast_to(actions, (40, 300)):
        obs, _, terminated, *_ = world.step(action)
        assert not terminated.any()
        for steps in (4, 5, 6):
            west, east = (obs[(start == steps) & (side == k)] for k in (0, 1))
            assert (west == west[0]).all()
            np.testing.assert_array_equal(west[0], east[0])


@pytest.mark.parametrize(("right", "score"), [(True, 1.0), (False, 0.0)])
def test_the_first_door_that_is_opened_ends_the_episode(right: bool, score: float) -> None:
    env = born(t_maze(shortest=3, longest=3))
    side = int(side_of_food(env.batch)[0])
    for action in [NORTH] * 3 + [(WEST, EAST)[side if right else 1 - side]] * 2:
        _, reward, terminated, truncated, _ = env.step(np.int64(action))
        assert (reward, terminated, truncated) == (0.0, False, False)
    _, reward, terminated, _, info = env.step(np.int64(CONSUME))
    assert (reward, terminated) == (score, True)
    assert (info["senses"]["ate"], info["senses"]["chose"]) == (score, 1.0)


def test_to_consume_elsewhere_does_nothing() -> None:
    env = born(t_maze())
    assert do(env, CONSUME)["tasted_any"] == 0.0


def play(memory: bool) -> Lives:
    world = make(NAME, 600)
    policy = Rememberer(world.layout, 600, memory=memory)
    policy.begin(np.ones(600, np.bool_))
    return live(world, policy.act)


def test_who_remembers_is_always_right_and_who_does_not_half_of_the_time() -> None:
    with_memory, without = play(True), play(False)
    assert with_memory.score.tolist() == [1.0] * 600
    assert abs(without.score.mean() - 0.5) < 0.06
    for lives in (with_memory, without):
        np.testing.assert_array_equal(lives.score, lives.sensed["ate"])
        np.testing.assert_array_equal(lives.sensed["chose"], 1.0)
        assert (lives.length.min(), lives.length.max()) == (13, 33)


def test_a_word_that_lingers_is_heard_in_so_many_observations() -> None:
    world = make(NAME, 20, lingering=3)
    obs, _ = world.reset(seed=1)
    heard = [words(world, obs), *(words(world, world.step(np.full(20, NORTH))[0]) for _ in range(3))]
    for now in heard[:3]:
        np.testing.assert_array_equal(now, side_of_food(world))
    assert (heard[3] == -1).all()


def test_an_episode_without_a_choice_is_cut_off() -> None:
    world = make(NAME, 4, max_episode_steps=20)
    lives = live(world, lambda obs: np.zeros(len(obs), np.int64))
    assert lives.length.tolist() == [20] * 4
    assert lives.score.tolist() == [0.0] * 4


def test_the_next_episode_has_a_cue_of_its_own() -> None:
    world = make(NAME, 50, shortest=3, longest=3)
    policy, obs = expert(NAME, world), world.reset(seed=0)[0]
    sides = [side_of_food(world)]
    for _ in range(6):
        obs, _, ended, *_ = world.step(policy(obs))
    assert ended.all()
    sides.append(side_of_food(world))
    np.testing.assert_array_equal(words(world, obs), sides[1])
    assert 10 < (sides[0] != sides[1]).sum() < 40


@pytest.mark.parametrize("options", [{"shortest": 5, "longest": 4}, {"lingering": 11}, {"lingering": 0}, {"arm": 0}])
def test_options_that_do_not_fit_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(UserError, match=f"option.* '{next(iter(options))}'.* of world TMaze must be at least 1"):
        t_maze(**options)
