"""The worlds as Gymnasium and Stable-Baselines3 see them."""

from __future__ import annotations

import subprocess
import sys

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_match import check_environments_match

import envs
from envs.single import SingleWorld

WORLDS = tuple(envs.WORLDS)
FORAGE, CAVE = "dualbrain/Forage-v0", "dualbrain/SpiderCave-v0"


@pytest.mark.parametrize("world", WORLDS)
def test_two_of_a_kind_match(world: str) -> None:
    one, other = gymnasium.make(world), gymnasium.make(world)
    check_environments_match(one, other, num_steps=300, seed=3)


def test_parameters_are_overridden_by_keyword() -> None:
    env = gymnasium.make(CAVE, size=12, spiders=5).unwrapped
    assert isinstance(env, SingleWorld)
    assert (env.batch.world.size, env.batch.world.creatures[0].count) == (12, 5)


def test_episodes_are_truncated_single_and_batched_alike() -> None:
    batch = gymnasium.make_vec(FORAGE, num_envs=1, max_episode_steps=5)
    single = gymnasium.make(FORAGE, max_episode_steps=5)
    batch.reset(seed=0)
    single.reset(seed=0)
    for step in range(1, 6):
        assert single.step(0)[3] == batch.step(np.array([0]))[3][0] == (step == 5)


def test_kernels_are_compiled_again_when_any_source_of_the_engine_changes() -> None:
    from envs.engine import kernel
    from envs.engine.jit import sources

    for compiled in (kernel.begin, kernel.perceive, kernel.advance):
        closure = compiled.py_func.__closure__  # type: ignore[union-attr]
        assert [cell.cell_contents for cell in closure] == [sources()]


def test_importing_the_package_loads_no_compiler() -> None:
    probe = "import sys, envs; assert not {'numba', 'PIL'} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", probe], check=True)


def test_a_batch_renders_all_its_worlds() -> None:
    env = gymnasium.make_vec(FORAGE, num_envs=2, render_mode="rgb_array", size=9)
    env.reset(seed=0)
    pictures = env.render()
    assert pictures is not None
    assert len(pictures) == 2
    assert not np.array_equal(np.asarray(pictures[0]), np.asarray(pictures[1]))
