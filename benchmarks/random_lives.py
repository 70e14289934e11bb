"""Brains whose cortex has learned from random actions alone, and fresh lives in which they are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gymnasium.vector.utils import batch_space

from dualbrain.cli.parsing import parse_modules
from dualbrain.cortex.interface import Cortex
from dualbrain.files.atomic_write import atomic_write
from dualbrain.files.text import read_text, write_text
from dualbrain.registry import load_agent
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.training.rollout import Rollout
from dualbrain.training.step import Step
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.options import agents_of, drives_of
from dualbrain.worlds.steering_vec_env import SteeringVecEnv

FOREIGN = {"MiniGrid-DoorKey-6x6-v0": "extrinsic", "CrafterReward-v1": "hunger,thirst,pain"}
"""Worlds of other packages, each with its drives: slower, so that there are a fourth of the steps and rows."""
SHARE = 4
"""How many times fewer."""
LIFE = {"n_envs": 64, "n_steps": 64}
UPDATES = 48
"""Steps of the cortex's optimizer after each rollout of `LIFE`; fewer where the rollout is smaller."""
FRESH = 1_000_000
"""Seed of fresh lives, far from those that were learned from."""
ASKED = {"n_envs": 32, "n_steps": 64}


def trained_in(
    world: str,
    seed: int,
    steps: int,
    cortex: str | type[Cortex],
    options: Mapping[str, Any] | None = None,
    drives: Sequence[str] = (),
) -> Any:
    """Return a brain whose cortex has learned from so many random steps of a world.

    Without ``drives`` they are those that the world names.
    """
    n_envs = _whole(world, LIFE["n_envs"])
    agent = load_agent("ppo")(
        "BrainPolicy",
        make_vec_env(world, n_envs, seed=seed, env_kwargs=options),
        steering=SteeringSubsystem(drives or _drives(world)),
        cortex=cortex,
        cortex_kwargs={"schedule": {"updates": max(UPDATES * n_envs // LIFE["n_envs"], 1)}},
        n_steps=LIFE["n_steps"],
        batch_size=n_envs,
        pictures=0,
        device="cpu",
        seed=seed,
    )
    return agent.pretrain(max(steps // SHARE, 1) if world in FOREIGN else steps)


def life(world: str, seed: int, options: Mapping[str, Any] | None = None, drives: Sequence[str] = ()) -> Rollout:
    """Return a rollout of random actions in fresh worlds, with its observations."""
    worlds = make_vec_env(world, _whole(world, ASKED["n_envs"]), seed=FRESH + seed, env_kwargs=options)
    venv = SteeringVecEnv(worlds, SteeringSubsystem(drives or _drives(world)))
    rollout = Rollout(ASKED["n_steps"], venv.num_envs, venv.steering.signals, keep_obs=True)
    actions = batch_space(venv.action_space, venv.num_envs)
    actions.seed(seed)
    obs = venv.reset()
    rollout.begin()
    while not rollout.full:
        starts = venv.starts
        following, _, dones, infos = venv.step(actions.sample())
        rollout.add(Step.of(venv, obs, following, dones, infos, starts))
        obs = following
    venv.close()
    return rollout


def _drives(world: str) -> list[str]:
    return [*parse_modules(FOREIGN.get(world) or drives_of(world) or "extrinsic")]


def _whole(world: str, n: int) -> int:
    """Return the number of rows, at most n, in which all agents of a world are there."""
    if world in FOREIGN:
        return n // SHARE
    return n // agents_of(world) * agents_of(world)


def table_written(page: Path, name: str, table: str) -> str:
    """Put a table into a page, between the comments that name its benchmark; return it."""
    begin, end = f"<!-- {name}: python -m benchmarks.{name} -->", f"<!-- /{name} -->"
    before, _, rest = read_text(page).partition(begin)
    if end not in rest:
        raise ValueError(f"the page has no table between {begin} and {end}")
    with atomic_write(page) as temporary:
        write_text(temporary, f"{before}{begin}\n{table}\n{end}{rest.partition(end)[2]}")
    return table
