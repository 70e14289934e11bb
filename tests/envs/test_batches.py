"""Batches: each world is the world alone, bit for bit; Gymnasium's layout; arrays that stay as they were."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

import envs
from dualbrain.errors import UserError
from envs.engine.declarations import Vocabulary
from envs.load_world import load_declaration
from envs.single import SingleWorld
from envs.vector import VectorWorld
from tests.envs.engine.tiny import cave, meadow

WORLDS = tuple(envs.WORLDS)
FORAGE, CAVE = "dualbrain/Forage-v0", "dualbrain/SpiderCave-v0"
LONELY = tuple(world for world, declaration in envs.WORLDS.items() if load_declaration(declaration).agents == 1)
"""Worlds of one agent."""
BATCH, STEPS = 1024, 500
ALONE = (0, 1, 513, 1023)


def batch(world: str, n: int = BATCH, **parameters: Any) -> VectorWorld:
    made = gymnasium.make_vec(world, num_envs=n, **parameters)
    assert isinstance(made, VectorWorld)
    return made


def actions(n: int, steps: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Draw actions that walk, eat and now and then rest."""
    return np.random.default_rng(11).integers(0, 6, (steps, n))


@pytest.mark.parametrize("world", LONELY)
def test_world_i_of_a_batch_is_world_i_alone(world: str) -> None:
    # Gymnasium's `make` would keep the time limit to itself.
    many = batch(world, max_episode_steps=STEPS // 5)
    alone = {i: SingleWorld(envs.WORLDS[world], max_episode_steps=STEPS // 5) for i in ALONE}
    obs, info = many.reset(seed=5)
    ends = 0
    for i, env in alone.items():
        first, senses = env.reset(seed=5 + i)
        np.testing.assert_array_equal(obs[i], first)
        assert senses["senses"] == {name: values[i] for name, values in info["senses"].items()}
    for action in actions(BATCH, STEPS):
        obs, reward, terminated, truncated, info = many.step(action)
        for i, env in alone.items():
            step = env.step(action[i])
            assert step[1:4] == (reward[i], terminated[i], truncated[i])
            assert step[4]["senses"] == {name: values[i] for name, values in many.transition_senses.items()}
            done = step[2] or step[3]
            np.testing.assert_array_equal(step[0], info["final_obs"][i] if done else obs[i])
            if done:
                ends += 1
                fresh, after = env.reset()
                np.testing.assert_array_equal(fresh, obs[i])
                assert after["senses"] == {name: values[i] for name, values in info["senses"].items()}
    assert ends > 4 * len(ALONE)


@pytest.mark.parametrize("world", WORLDS)
def test_one_seed_gives_one_history(world: str) -> None:
    histories = []
    for _ in range(2):
        env = batch(world, 60)
        env.reset(seed=9)
        histories.append([env.step(action) for action in actions(60, 200)])
    for one, other in zip(*histories, strict=True):
        for mine, theirs in zip(one[:4], other[:4], strict=True):
            np.testing.assert_array_equal(mine, theirs)
        for name, values in one[4]["senses"].items():
            np.testing.assert_array_equal(values, other[4]["senses"][name])


def test_neighbouring_seeds_give_different_worlds() -> None:
    env = batch(FORAGE, 256)
    obs, _ = env.reset(seed=0)
    assert len({row.tobytes() for row in obs}) == 256


def test_arrays_that_were_returned_never_change() -> None:
    env = batch(CAVE, 64)
    held, copies = [], []
    obs, info = env.reset(seed=0)
    for action in actions(64, 150):
        obs, reward, terminated, truncated, info = env.step(action)
        senses = [*info["senses"].values(), *env.transition_senses.values()]
        # Some hold on to a slice only, as a buffer of one sense would.
        held.append([obs[3:5], reward, terminated, truncated, env.final_observations[terminated], *senses])
        copies.append([array.copy() for array in held[-1]])
    for then, now in zip(copies, held, strict=True):
        for before, after in zip(then, now, strict=True):
            np.testing.assert_array_equal(before, after)


def test_an_end_is_laid_out_as_gymnasium_does() -> None:
    env = VectorWorld(meadow(max_episode_steps=3), 2)
    env.reset(seed=0, options={"body": {"energy": np.array([0.015, 0.5])}})
    assert "final_info" not in env.step(np.zeros(2, np.int64))[4]
    obs, reward, terminated, truncated, info = env.step(np.zeros(2, np.int64))
    assert (terminated.tolist(), truncated.tolist(), reward.tolist()) == ([True, False], [False, False], [0.0, 1.0])
    assert info["_final_obs"].tolist() == info["_final_info"].tolist() == [True, False]
    assert info["final_obs"][1] is None
    np.testing.assert_array_equal(info["final_obs"][0], env.final_observations[0])
    assert not info["final_obs"][0][env.layout.body].any()
    assert obs[0][env.layout.body].sum() == 8
    earned = info["final_info"]["senses"]
    assert earned["energy"][0] == 0.0
    assert (info["senses"]["energy"][0], info["senses"]["extrinsic_reward"][0]) == (0.5, 0.0)
    np.testing.assert_allclose(info["senses"]["energy"][1], 0.48, atol=1e-6)
    np.testing.assert_allclose(env.transition_senses["energy"], [0.0, 0.48], atol=1e-6)
    assert earned["_energy"].tolist() == [True, False]
    truncated = env.step(np.zeros(2, np.int64))[3]
    assert truncated.tolist() == [False, True]


def test_the_layout_is_that_of_gymnasiums_own_batches() -> None:
    world = cave(size=9)
    ours = VectorWorld(world, 3)
    theirs = gymnasium.vector.SyncVectorEnv([lambda: SingleWorld(world)] * 3, autoreset_mode=AutoresetMode.SAME_STEP)
    for env in (ours, theirs):
        env.reset(seed=0)
    for action in actions(3, 80):
        (obs, *_, info), (expected, *_, layout) = ours.step(action), theirs.step(action)
        np.testing.assert_array_equal(obs, expected)
        assert (info.keys() | {"_senses"}) == layout.keys()
        if "final_info" in layout:
            assert info["final_info"]["senses"].keys() == layout["final_info"]["senses"].keys()


@pytest.mark.parametrize("copied", [lambda world: pickle.loads(pickle.dumps(world)), copy.deepcopy])
def test_a_world_that_is_copied_goes_on_alike(copied: Callable[[VectorWorld], VectorWorld]) -> None:
    one, actions = VectorWorld("envs.forage:forage", 8), np.arange(8) % 6
    one.reset(seed=3)
    one.step(actions)
    other = copied(one)
    for _ in range(20):
        for ours, theirs in zip(one.step(actions)[:4], other.step(actions)[:4], strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_part_of_a_batch_can_be_reset() -> None:
    env = VectorWorld(meadow(), 3, autoreset_mode=AutoresetMode.DISABLED)
    env.reset(seed=0)
    env.step(np.zeros(3, np.int64))
    _, info = env.reset(options={"reset_mask": np.array([True, False, True])})
    np.testing.assert_allclose(info["senses"]["energy"], [0.5, 0.49, 0.5], atol=1e-6)


def test_seeds_may_be_listed() -> None:
    env = VectorWorld(meadow(size=9, vocabulary=Vocabulary(("hush",), 0.5)), 3)
    first, _ = env.reset(seed=[7, 3, 7])
    np.testing.assert_array_equal(first[0], first[2])
    second, _ = env.reset(seed=[3, 7, 3])
    np.testing.assert_array_equal(second[[1, 0]], first[[0, 1]])
    with pytest.raises(UserError, match="2 seeds for 3 agents"):
        env.reset(seed=[1, 2])


def test_mistakes_are_told_in_a_line() -> None:
    env = VectorWorld(meadow(), 2)
    env.reset(seed=0)
    with pytest.raises(UserError, match="actions must lie in 0 to 5: got 0 to 6"):
        env.step(np.array([0, 6]))
    with pytest.raises(UserError, match="shape"):
        env.step(np.array([0]))
    with pytest.raises(UserError, match="did you mean 'spiders'"):
        gymnasium.make(CAVE, spider=3)
    with pytest.raises(UserError, match="did you mean 'rgb_array'"):
        VectorWorld(meadow(), 1, render_mode="rgb")
