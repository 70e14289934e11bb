"""What holds for every native world under every variant; a new world is covered by being registered."""

from __future__ import annotations

import warnings
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from stable_baselines3.common.env_checker import check_env as check_env_for_sb3

from dualbrain.testing.contract import equal
from envs.vector import VectorWorld
from tests.envs.cases import CASES, COSTLY_CASES

STEPS, VARIANT_STEPS = 1000, 300
ROWS = 1020
"""Agents in a batch: a multiple of 1 to 6."""


def batch(world: str, n: int, options: dict[str, Any]) -> VectorWorld:
    made = gymnasium.make_vec(world, num_envs=n, **options)
    assert isinstance(made, VectorWorld)
    return made


def actions(env: VectorWorld, steps: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.random.default_rng(11).integers(0, len(env.world.action_names), (steps, env.num_envs))


@pytest.mark.parametrize(("world", "options"), CASES)
def test_the_checkers_have_nothing_to_say(world: str, options: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(gymnasium.make(world, render_mode="rgb_array", **options).unwrapped)
        check_env_for_sb3(gymnasium.make(world, **options))


@pytest.mark.parametrize(("world", "options"), CASES)
def test_senses_are_declared_finite_and_within_their_range(world: str, options: dict[str, Any]) -> None:
    env = batch(world, 60, options)
    env.reset(seed=0)
    for action in actions(env, 300):
        assert env.transition_senses.keys() == env.senses.keys()
        for name, values in env.transition_senses.items():
            assert values.dtype == np.float32
            assert np.isfinite(values).all()
            assert (values[env.present] >= env.senses[name].low).all(), name
            assert (values[env.present] <= env.senses[name].high).all(), name
        env.step(action)
    assert all(sense.unit and sense.meaning for sense in env.senses.values())


@pytest.mark.parametrize(("world", "options"), COSTLY_CASES)
def test_each_world_of_a_batch_is_as_it_is_alone(world: str, options: dict[str, Any]) -> None:
    """Alone: a batch of one world, so that all its agents are the same."""
    many = batch(world, ROWS, options)
    agents, last = many.n_agents, ROWS // many.n_agents - 1
    alone = {i: batch(world, agents, options) for i in (0, 1, last // 2, last)}
    obs, info = many.reset(seed=5)
    for i, env in alone.items():
        first, senses = env.reset(seed=5 + i)
        _same(i, agents, obs, first, info["senses"], senses["senses"])
    ends = 0
    for action in actions(many, VARIANT_STEPS if options else STEPS):
        obs, reward, terminated, truncated, _ = many.step(action)
        for i, env in alone.items():
            rows = slice(i * agents, (i + 1) * agents)
            one = env.step(action[rows])
            ours: tuple[Any, ...] = (obs, reward, terminated, truncated)
            assert equal([part[rows] for part in ours], list(one[:4]))
            assert equal(many.present[rows], env.present)
            _same(i, agents, obs, one[0], many.transition_senses, env.transition_senses)
            _same(i, agents, obs, one[0], many.reset_senses, env.reset_senses)
            done = one[2] | one[3]
            assert equal(many.final_observations[rows][done], env.final_observations[done])
            ends += int(done.sum())
    assert ends > 0 or many.world.max_episode_steps > VARIANT_STEPS


def _same(i: int, agents: int, obs: Any, first: Any, senses: Any, others: Any) -> None:
    rows = slice(i * agents, (i + 1) * agents)
    assert equal(obs[rows], first)
    for name, values in senses.items():
        assert equal(values[rows], others[name]), name


@pytest.mark.parametrize(("world", "options"), CASES)
def test_pictures_show_the_world(world: str, options: dict[str, Any]) -> None:
    env = gymnasium.make(world, render_mode="rgb_array", **options)
    env.reset(seed=0)
    first = np.asarray(env.render())
    assert first.dtype == np.uint8
    assert first.shape[2] == 3
    assert len(np.unique(first.astype(np.uint32) @ (1 << 16, 1 << 8, 1))) > 500, "colours"
    env.step(1)
    env.step(2)
    assert not np.array_equal(np.asarray(env.render()), first)
