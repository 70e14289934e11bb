"""Provide worlds for fresh episodes: made from an id and closed again, or passed in and left as they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import gymnasium
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv, VecEnvWrapper, VecNormalize

from dualbrain.structured.ranges import SEED, STEPS, WORLDS
from dualbrain.worlds.batched_vec_env import BatchedVecEnv
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.options import agents_of
from dualbrain.worlds.single_env import is_batched
from dualbrain.worlds.spaces.normalisation import as_trained
from dualbrain.worlds.steering_vec_env import SteeringVecEnv
from dualbrain.worlds.vec_env.attributes import attribute, innermost, seed_worlds
from dualbrain.worlds.vec_env.sensed import as_sensed

Played = str | gymnasium.Env[Any, Any] | VecEnv
"""What episodes can be played in."""
MOST_WORLDS = 10
"""Worlds that are opened at once where each is an object of its own, and may be a simulator or a window."""
MAX_STEPS = 10_000
"""Steps after which an episode is cut off, unless its world says that its episodes are longer."""


def enough(env: Played, episodes: int, env_kwargs: Mapping[str, Any] | None) -> int:
    """Return how many agents are to play ``episodes`` at once in worlds made from an id.

    One each, rounded up to whole worlds, where worlds are batched; elsewhere `MOST_WORLDS` at most.
    """
    if not isinstance(env, str):
        return episodes
    if not is_batched(env):
        return min(episodes, MOST_WORLDS)
    agents = agents_of(env, env_kwargs)
    return -(-episodes // agents) * agents


def longest(venv: VecEnv, asked: int | None = None) -> int:
    """Return how many steps an episode may last: as ``asked``, or `MAX_STEPS`, or what the world declares, if more.

    Raises `UserError` for a number out of range.
    """
    if asked is not None:
        return int(STEPS.check(asked, "max_steps"))
    inner = innermost(venv)
    spec = attribute(inner, "spec") if isinstance(inner, (BatchedVecEnv, DummyVecEnv)) else None
    declared = (spec.max_episode_steps, spec.kwargs.get("max_episode_steps")) if spec else ()
    return max(MAX_STEPS, *(steps for steps in declared if isinstance(steps, int)), 0)


@contextmanager
def worlds(
    env: Played,
    n: int,
    seed: int | None,
    env_kwargs: Mapping[str, Any] | None,
    normaliser: VecNormalize | None = None,
) -> Iterator[VecEnv]:
    """Provide worlds that are seeded, without steering, and normalised by an agent's ``normaliser``.

    Those made here, from an id, are closed afterwards. An environment that was handed in stays open, and has its
    wrappers and statistics back.
    """
    if seed is not None:
        SEED.check(seed, "seed")
    venv = make_vec_env(env, WORLDS.check(n, "n_envs"), env_kwargs=env_kwargs)
    try:
        if seed is not None:
            seed_worlds(venv, seed)
        with unsteered(venv) as bare, as_trained(bare, normaliser) as lent:
            yield lent
    finally:
        if isinstance(env, str):
            venv.close()


@contextmanager
def unsteered(venv: VecEnv) -> Iterator[VecEnv]:
    """Provide ``venv`` without any `SteeringVecEnv` in it."""
    around, body = None, venv
    while isinstance(body, VecEnvWrapper) and not isinstance(body, SteeringVecEnv):
        around, body = body, body.venv
    if not isinstance(body, SteeringVecEnv):
        yield venv
    elif around is None:
        yield body.unsteered
    else:
        around.venv = body.unsteered
        try:
            yield venv
        finally:
            around.venv = body


def with_all_senses(venv: VecEnv) -> VecEnv:
    """Return worlds whose senses are all gathered, read or not."""
    sensed: VecEnv = as_sensed(venv)
    return sensed
