"""Make a second world like the one that an agent trains in, for pictures and episodes during training."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np
from gymnasium.envs.registration import EnvSpec
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv, VecTransposeImage

from dualbrain.worlds.batched_vec_env import BatchedVecEnv
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.rendering import DRAWN, can_be_drawn
from dualbrain.worlds.state_map import StateMap
from dualbrain.worlds.steering_vec_env import SteeringVecEnv
from dualbrain.worlds.vec_env.attributes import attribute
from dualbrain.worlds.vec_env.gathered import SenseVecWrapper
from dualbrain.worlds.vec_env.stated import agents_per_world

OF_THE_BATCH = ("num_envs", "vectorization_mode", "autoreset_mode", "render_mode")
"""Options that say how worlds are made, not which."""


def clone_env(venv: VecEnv, drawn: bool = True) -> VecEnv | None:
    """Return one world, with its agents as rows, made like those in ``venv``; to be ``drawn``, if it can be.

    None where they were not made by an id of Gymnasium's, or were changed since, such as by a wrapper of the user's, or
    live in other processes. Raises whatever the making of such a world may raise.
    """
    inner = _bare(venv)
    spec = _spec(inner)
    if spec is None:
        return None
    options = _options(spec) | (DRAWN if drawn and can_be_drawn(spec, attribute(inner, "metadata")) else {})
    made = make_vec_env(spec.id, agents_per_world(inner), env_kwargs=options)
    if _spec(made) is not None and _kind(_spec(made)) == _kind(spec) and _alike(made, inner):
        return made
    made.close()
    return None


def _bare(venv: VecEnv) -> VecEnv:
    """Return what is inside of the wrappers that every agent puts around it."""
    while isinstance(venv, (SteeringVecEnv, SenseVecWrapper, VecTransposeImage)):
        venv = venv.venv
    return venv


def _spec(venv: VecEnv) -> EnvSpec | None:
    """Return what the worlds of a batch were made by; those in other processes are not asked: see `world_id`."""
    spec: EnvSpec | None = attribute(venv, "spec") if isinstance(venv, (BatchedVecEnv, DummyVecEnv)) else None
    return spec


def _options(spec: EnvSpec) -> dict[str, Any]:
    return {name: value for name, value in spec.kwargs.items() if name not in OF_THE_BATCH}


def _kind(spec: EnvSpec | None) -> EnvSpec | None:
    """Return what must be the same, wrappers included, but for a `Monitor`, which batches do without."""
    return spec and replace(spec, kwargs={}, additional_wrappers=_changing(spec))


def _changing(spec: EnvSpec) -> tuple[Any, ...]:
    return tuple(wrapper for wrapper in spec.additional_wrappers if wrapper.name != "Monitor")


def _alike(one: VecEnv, other: VecEnv) -> bool:
    return one.observation_space == other.observation_space and one.action_space == other.action_space


def map_of(venv: VecEnv, seed: int) -> StateMap | None:
    """Return what is seen from every place of a world that `clone_env` made, if it has a map: see `StateMap`."""
    above, layer = _layer(venv, "state_map")
    if layer is None:
        return None
    found: StateMap = layer.state_map(seed)
    return found._replace(observations=_through(above, found.observations))


def observation_pictures(venv: VecEnv, observations: Any) -> NDArray[np.uint8] | None:
    """Return pictures ``(n, h, w, 3)`` of what is seen in observations ``(n, ...)``, if the world knows how."""
    above, layer = _layer(venv, "observation_pictures")
    if layer is None or _lenses(above):
        return None
    pictures: NDArray[np.uint8] = layer.observation_pictures(observations)
    return pictures


def _layer(venv: VecEnv, offer: str) -> tuple[list[Any], Any]:
    """Return the layer of a world that offers something, or None, and the layers around it, the outermost first."""
    layers = [venv.world] if isinstance(venv, BatchedVecEnv) else _layers(venv.envs[0])  # type: ignore[attr-defined]
    for depth, layer in enumerate(layers):
        if offer in dir(type(layer)):
            return layers[:depth], layer
    return layers, None


def _layers(env: gymnasium.Env[Any, Any]) -> list[gymnasium.Env[Any, Any]]:
    return [env, *(_layers(env.env) if isinstance(env, gymnasium.Wrapper) else [])]


def _lenses(layers: list[Any]) -> list[Any]:
    return [layer for layer in layers if isinstance(layer, gymnasium.ObservationWrapper)]


def _through(above: list[Any], observations: Any) -> Any:
    """Show observations ``(P, ...)`` to every wrapper that changes such."""
    for lens in reversed(_lenses(above)):
        observations = _stacked([lens.observation(row) for row in _rows(observations)])
    return observations


def _rows(observations: Any) -> list[Any]:
    if isinstance(observations, dict):
        parts = {key: _rows(part) for key, part in observations.items()}
        return [dict(zip(parts, row, strict=True)) for row in zip(*parts.values(), strict=True)]
    return list(observations)


def _stacked(rows: list[Any]) -> Any:
    if isinstance(rows[0], dict):
        return {key: _stacked([row[key] for row in rows]) for key in rows[0]}
    return np.stack(rows)
