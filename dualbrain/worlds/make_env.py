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
from dualbrain.steering.sense import Sense, declared
from dualbrain.worlds.adapter import WorldAdapter, load_adapter
from dualbrain.worlds.batched_vec_env import BatchedVecEnv
from dualbrain.worlds.creation_errors import load_creator, making
from dualbrain.worlds.ids import find_spec
from dualbrain.worlds.options import GYMNASIUMS_OWN
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


def is_batched(env_id: str) -> bool:
    """Return whether an id names worlds that step as one batch and hand out senses as arrays."""
    entry = find_spec(env_id).vector_entry_point
    creator = load_creator(env_id, entry)
    return "transition_senses" in {*dir(creator), *getattr(creator, "__annotations__", {})}


def make(env_id: str, **kwargs: Any) -> gymnasium.Env[Any, Any]:
    """Make one environment by its id, with the senses that its adapter gives it.

    Raises `UserError` for an unknown id, with the nearest one, for a package that is not installed, and for keyword
    arguments that the environment does not take.
    """
    name = find_spec(env_id).id
    adapter = load_adapter(name) or WorldAdapter()
    with making(env_id, {key: value for key, value in kwargs.items() if key not in GYMNASIUMS_OWN}):
        return adapt(adapter.make(name, **kwargs))


def adapt(env: gymnasium.Env[Any, Any]) -> gymnasium.Env[Any, Any]:
    """Give an environment senses by the adapter registered for its id; one that has some stays as it is."""
    adapter = load_adapter(env.spec.id) if env.spec and not env.has_wrapper_attr("senses") else None
    return adapter.wrap(env) if adapter else env


def senses_of(env_id: str, env_kwargs: Mapping[str, Any] | None = None) -> Mapping[str, Sense]:
    """Return the senses that a world declares, by name; raises `UserError` for an unknown id."""
    spec, kwargs = find_spec(env_id), dict(env_kwargs or {})
    if spec.entry_point is None:  # agents as rows: there is no single environment
        creator = load_creator(env_id, spec.vector_entry_point)
        world: Any = creator(**{**spec.kwargs, **kwargs})
        return declared(world.senses, env_id)
    env = make(env_id, **kwargs)
    return declared(env.get_wrapper_attr("senses"), env_id) if env.has_wrapper_attr("senses") else {}


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
