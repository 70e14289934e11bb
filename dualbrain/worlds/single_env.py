"""Make one environment by its id, with the senses that its adapter gives it; loads no torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium
from gymnasium import spaces

from dualbrain.steering.sense import OF_DOUBT, Sense, declared
from dualbrain.worlds.adapter import WorldAdapter, load_adapter
from dualbrain.worlds.creation_errors import load_creator, making
from dualbrain.worlds.ids import find_spec
from dualbrain.worlds.options import GYMNASIUMS_OWN
from dualbrain.worlds.spaces.parts import Part, bit_view
from dualbrain.worlds.vec_env.stated import stated_parts


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
    """Return the senses that a world declares, and those of doubt where it has a view of bits, by name.

    Raises `UserError` for an unknown id.
    """
    spec, kwargs = find_spec(env_id), dict(env_kwargs or {})
    if spec.entry_point is None:  # agents as rows: there is no single environment
        creator = load_creator(env_id, spec.vector_entry_point)
        world: Any = creator(**{**spec.kwargs, **kwargs})
        return {**_of_doubt(world.single_observation_space, stated_parts(world)), **declared(world.senses, env_id)}
    env = make(env_id, **kwargs)
    own = declared(env.get_wrapper_attr("senses"), env_id) if env.has_wrapper_attr("senses") else {}
    return {**_of_doubt(env.observation_space, stated_parts(env.unwrapped)), **own}


def _of_doubt(space: spaces.Space[Any], parts: Sequence[Part] | None) -> Mapping[str, Sense]:
    return OF_DOUBT if bit_view(space, parts) else {}
