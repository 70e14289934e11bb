"""Make the `VecEnv` that an algorithm of Stable-Baselines3 trains in, from an id, an environment or a batch."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import gymnasium
from stable_baselines3.common.env_util import make_vec_env as make_sb3_vec_env
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv

from dualbrain.errors import UserError
from dualbrain.worlds.batched_vec_env import BatchedVecEnv
from dualbrain.worlds.creation_errors import making
from dualbrain.worlds.ids import find_spec
from dualbrain.worlds.single_env import adapt, is_batched, make
from dualbrain.worlds.spaces.actions import counted_from_zero
from dualbrain.worlds.spaces.observations import readable


def make_vec_env(
    env: str | gymnasium.Env[Any, Any] | VecEnv,
    n_envs: int = 1,
    seed: int | None = None,
    env_kwargs: Mapping[str, Any] | None = None,
) -> VecEnv:
    """Return a `VecEnv`, monitored as by SB3: from an id (natively batched where the world is), an instance, or itself.

    ``seed`` seeds environment ``i`` with ``seed + i`` at the next reset. Nested observations are flattened, and text in
    them left out: see `dualbrain.worlds.spaces.observations`. Actions count from 0: see
    `dualbrain.worlds.spaces.actions`. Unlike Stable-Baselines3's, environments made by an id can be drawn only if
    ``env_kwargs`` ask for it, as a `VecVideoRecorder` needs: ``{"render_mode": "rgb_array"}``. One that was made
    already keeps its render mode.

    Raises `UserError` for an unknown id, with the nearest one, or observations that no network reads.
    """
    if isinstance(env, VecEnv):
        return counted_from_zero(env)
    made = _from_id(env, n_envs, dict(env_kwargs or {})) if isinstance(env, str) else _from_instance(env)
    venv = counted_from_zero(made)
    if seed is not None:
        venv.seed(seed)
    return venv


def check_options(env: Any, n_envs: int | None, env_kwargs: Mapping[str, Any] | None) -> None:
    """Raise `UserError` for options that go with an id, where ``env`` was made already by other ones."""
    if isinstance(env, str):
        return
    if env_kwargs:
        raise UserError(f"env_kwargs go with an id: this {type(env).__name__} was made already")
    there = env.num_envs if isinstance(env, VecEnv) else 1
    if n_envs not in (None, there):
        raise UserError(
            f"n_envs goes with an id: this {type(env).__name__} was made already, with {there}, not {n_envs}"
        )


def _from_id(env_id: str, n_envs: int, env_kwargs: dict[str, Any]) -> VecEnv:
    if is_batched(env_id):
        with making(env_id, env_kwargs):
            return BatchedVecEnv(gymnasium.make_vec(find_spec(env_id).id, num_envs=n_envs, **env_kwargs))
    single = functools.partial(make, env_id)
    return make_sb3_vec_env(single, n_envs, env_kwargs=env_kwargs, wrapper_class=readable)


def _from_instance(env: Any) -> VecEnv:
    if isinstance(env, gymnasium.vector.VectorEnv):
        way = "give its id with n_envs, or a VecEnv of Stable-Baselines3's (a DummyVecEnv of single environments)"
        raise UserError(f"{type(env).__name__} is a vector environment of Gymnasium's: {way}")
    if not isinstance(env, gymnasium.Env):
        raise UserError(f"an environment must be an id, a gymnasium.Env or a VecEnv, not {type(env).__name__}")
    env = adapt(env)
    monitored = env if _is_monitored(env) else Monitor(env)
    return DummyVecEnv([lambda: readable(monitored)])


def _is_monitored(env: gymnasium.Env[Any, Any]) -> bool:
    while isinstance(env, gymnasium.Wrapper):
        if isinstance(env, Monitor):
            return True
        env = env.env
    return False
