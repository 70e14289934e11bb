"""The worlds as Gymnasium and Stable-Baselines3 see them."""

from __future__ import annotations

import subprocess
import sys
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.utils.env_match import check_environments_match
from stable_baselines3.common.env_checker import check_env as check_env_for_sb3

import envs
from envs.single import SingleWorld

WORLDS = tuple(envs.WORLDS)


@pytest.mark.parametrize("world", WORLDS)
def test_the_checkers_have_nothing_to_say(world: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(gymnasium.make(world, render_mode="rgb_array").unwrapped)
        check_env_for_sb3(gymnasium.make(world))


@pytest.mark.parametrize("world", WORLDS)
def test_two_of_a_kind_match(world: str) -> None:
    one, other = gymnasium.make(world), gymnasium.make(world)
    check_environments_match(one, other, num_steps=300, seed=3)


@pytest.mark.parametrize("world", WORLDS)
def test_senses_are_declared_finite_and_within_their_range(world: str) -> None:
    env = gymnasium.make_vec(world, num_envs=64)
    offered = env.unwrapped.senses  # type: ignore[attr-defined]
    _, info = env.reset(seed=0)
    rng = np.random.default_rng(0)
    for _ in range(300):
        assert info["senses"].keys() == offered.keys()
        for name, values in info["senses"].items():
            assert values.dtype == np.float32
            assert np.isfinite(values).all()
            assert (values >= offered[name].low).all(), name
            assert (values <= offered[name].high).all(), name
        info = env.step(rng.integers(0, 6, 64))[4]
    assert all(sense.unit and sense.meaning for sense in offered.values())


def test_parameters_are_overridden_by_keyword() -> None:
    env = gymnasium.make(WORLDS[1], size=12, spiders=5).unwrapped
    assert isinstance(env, SingleWorld)
    assert (env.batch.world.size, env.batch.world.creatures[0].count) == (12, 5)


def test_episodes_are_truncated_single_and_batched_alike() -> None:
    batch = gymnasium.make_vec(WORLDS[0], num_envs=1, max_episode_steps=5)
    single = gymnasium.make(WORLDS[0], max_episode_steps=5)
    batch.reset(seed=0)
    single.reset(seed=0)
    for step in range(1, 6):
        assert single.step(0)[3] == batch.step(np.array([0]))[3][0] == (step == 5)


def test_kernels_are_compiled_again_when_any_source_of_the_engine_changes() -> None:
    from envs.engine import kernel
    from envs.engine.compiled import sources

    for compiled in (kernel.begin, kernel.perceive, kernel.advance):
        closure = compiled.py_func.__closure__  # type: ignore[union-attr]
        assert [cell.cell_contents for cell in closure] == [sources()]


def test_importing_the_package_loads_no_compiler() -> None:
    probe = "import sys, envs; assert not {'numba', 'PIL'} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", probe], check=True)


@pytest.mark.parametrize("world", WORLDS)
def test_pictures_show_the_world(world: str) -> None:
    env = gymnasium.make(world, render_mode="rgb_array", size=9)
    env.reset(seed=0)
    first = env.render()
    assert isinstance(first, np.ndarray)
    assert first.dtype == np.uint8
    assert first.shape == (11 * 32 + 60, 11 * 32, 3)
    assert len(np.unique(first.reshape(-1, 3), axis=0)) > 500
    env.step(1)
    env.step(2)
    assert not np.array_equal(np.asarray(env.render()), first)


def test_a_batch_renders_all_its_worlds() -> None:
    env = gymnasium.make_vec(WORLDS[0], num_envs=2, render_mode="rgb_array", size=9)
    env.reset(seed=0)
    pictures = env.render()
    assert pictures is not None
    assert len(pictures) == 2
    assert not np.array_equal(np.asarray(pictures[0]), np.asarray(pictures[1]))
