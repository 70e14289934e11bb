"""Playing worlds to the end of each agent's first life."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import gymnasium
import numpy as np
from numpy.typing import NDArray

from envs.scripted import load_expert
from envs.vector import VectorWorld

Floats = NDArray[np.float64]
Policy = Callable[[NDArray[np.uint8]], NDArray[np.integer[Any]]]


class Lives(NamedTuple):
    """The first life of each of N agents."""

    score: Floats
    """``(N,)``: sum of the world's own reward."""
    length: NDArray[np.int64]
    """``(N,)``: steps."""
    sensed: dict[str, Floats]
    """``{sense: (N,)}``: sum over its steps."""


def make(world: str, n: int, **options: Any) -> VectorWorld:
    """Return a batch of a world, given by its id."""
    made = gymnasium.make_vec(world, num_envs=n, **options)
    assert isinstance(made, VectorWorld)
    return made


def chance(world: VectorWorld, seed: int = 0) -> Policy:
    """Return a policy that draws any action."""
    rng, actions = np.random.default_rng(seed), len(world.world.action_names)
    return lambda obs: rng.integers(0, actions, len(obs))


def expert(world_id: str, world: VectorWorld, seed: int = 0) -> Policy:
    """Return the scripted expert of a world, for one life of each agent."""
    made = load_expert(world_id)(world.layout, world.num_envs, seed)
    if hasattr(made, "begin"):
        made.begin(np.ones(world.num_envs, np.bool_))
    return made.act


def live(
    world: VectorWorld,
    policy: Policy,
    seed: int = 1000,
    body: dict[str, float] | None = None,
    steps: int | None = None,
) -> Lives:
    """Let each agent live once, ``steps`` at most; ``body`` sets levels at birth, as `VectorWorld.reset` takes them."""
    obs, _ = world.reset(seed=seed, options={"body": body} if body else None)
    alive = np.ones(world.num_envs, np.bool_)
    lives = Lives(np.zeros(len(alive)), np.zeros(len(alive), np.int64), dict.fromkeys(world.senses, np.zeros(1)))
    for _ in range(min(steps or world.world.max_episode_steps, world.world.max_episode_steps)):
        obs, reward, terminated, truncated, _ = world.step(policy(obs))
        lives = Lives(
            lives.score + alive * reward,
            lives.length + alive,
            {name: total + alive * world.transition_senses[name] for name, total in lives.sensed.items()},
        )
        alive &= ~(terminated | truncated)
        if not alive.any():
            break
    return lives
