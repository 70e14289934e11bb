"""A state that nobody ever played, but that lies within the bounds, leads the kernels nowhere outside their arrays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

import envs
from dualbrain.worlds.vec_env.entries import Entries
from envs.bounds import UNBOUNDED, Bound, bounds_of
from envs.engine.society import NOBODY, THING
from envs.engine.state import PRESENT
from envs.engine.tables import Tables
from envs.engine.world import World
from envs.load_world import load_declaration
from envs.vector import VectorWorld
from tests.envs.engine import test_everything, test_several_agents

ROOT = Path(__file__).parents[2]
WORLDS, STEPS, SEEDS = 4, 40, 3
CHECKED = os.environ.get("NUMBA_BOUNDSCHECK") == "1"
MANY_SEEDS = 60 if CHECKED else SEEDS
EYES = "society.person.eyes"
ALL = [
    *(load_declaration(declaration) for declaration in envs.WORLDS.values()),
    *(test_everything.everything(agents) for agents in (1, 3)),
    test_several_agents.everything(3),
]


def strange(env: VectorWorld, random: np.random.Generator) -> Entries:
    """Draw a state: each number of it anywhere within its bound, every second one at an end of it."""
    state = env.state_dict()
    state["alive"] = random.random(state["alive"].shape) < 0.8
    if EYES in state:
        state[EYES] = random.integers(NOBODY, THING + bool(len(env.tables.thing_kind)), state[EYES].shape, np.int32)
    for name, bound in bounds_of(env.tables, state).items():
        state[name] = state[name] if name in (EYES, "grid") else _drawn(state[name], bound, random)
    for name in UNBOUNDED:
        state[name] = random.integers(0, np.iinfo(state[name].dtype).max, state[name].shape, state[name].dtype)
    soon = random.integers(0, STEPS, state["due"].shape, np.int32)
    state["due"] = np.where(random.random(soon.shape) < 0.7, np.int32(PRESENT), soon)
    state["clock"] = random.choice([0, 1, STEPS, env.world.max_episode_steps - 1, 10**9], WORLDS).astype(np.int32)
    state["grid"] = _laid_out(env.tables, state, random)
    return state


def _drawn(part: NDArray[Any], bound: Bound, random: np.random.Generator) -> NDArray[Any]:
    low, high = np.broadcast_to(bound.low, part.shape), np.broadcast_to(bound.high, part.shape)
    if bound.inside is not None:
        numbers = np.where(high < 0, -1, random.choice(np.flatnonzero(bound.inside), part.shape))
    else:
        share = np.clip(random.uniform(-0.5, 1.5, part.shape), 0.0, 1.0)
        numbers = low + share * (high - low.astype(float))
        numbers = numbers if part.dtype.kind == "f" else np.rint(numbers)
    return numbers.astype(part.dtype)


def _laid_out(tables: Tables, state: Entries, random: np.random.Generator) -> NDArray[np.int8]:
    """Put things of any kind where things are said to be."""
    grid = np.tile(tables.ground, (WORLDS, 1))
    world, thing = (state["due"] == PRESENT).nonzero()
    grid[world, state["place"][world, thing]] = random.integers(1, len(tables.kinds), len(world))
    return grid


@pytest.mark.parametrize("world", ALL, ids=[f"{k}:{world.name}" for k, world in enumerate(ALL)])
def test_strange_states_are_lived_in(world: World) -> None:
    for seed in range(MANY_SEEDS):
        random, mode = np.random.default_rng(seed), (AutoresetMode.SAME_STEP, AutoresetMode.DISABLED)[seed % 2]
        env = VectorWorld(world, WORLDS * world.agents, autoreset_mode=mode)
        env.reset(seed=seed)
        env.load_state_dict(strange(env, random))
        for actions in random.integers(0, len(world.action_names), (STEPS, env.num_envs)):
            obs = env.step(actions)[0]
        assert obs.max() <= 1


@pytest.mark.skipif(not CHECKED, reason="reads outside of arrays unless Numba checks")
@pytest.mark.parametrize(("name", "wrong"), [("agent", 5000), ("creature", 10**6), ("stomach", 99)])
def test_what_is_out_of_bounds_is_noticed(name: str, wrong: int) -> None:
    env = VectorWorld("envs.spider_cave:spider_cave", 2)
    env.reset(seed=0)
    getattr(env.state, name)[...] = wrong
    with pytest.raises(IndexError, match="out of bounds"):
        env.step(np.zeros(2, np.int64))


@pytest.mark.slow
def test_strange_states_lead_nowhere_outside(tmp_path: Path) -> None:
    """The tests above once more, with kernels that look whether each index lies within its array."""
    checking = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__, "-m", "not slow"]
    done = subprocess.run(command, env=checking, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout
