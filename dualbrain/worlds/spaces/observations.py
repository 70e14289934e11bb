"""Convert observations for networks: flatten nested ones by name, count numbers from 0, leave text out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from dualbrain.errors import UserError

SUPPORTED = "Box, Discrete, MultiDiscrete, MultiBinary, and Dict or Tuple of these, nested or not"


@dataclass(frozen=True)
class Part:
    """One part of an observation that a network reads."""

    path: tuple[str | int, ...]
    """Keys and places that lead to it."""
    space: spaces.Space[Any]
    """As the network reads it."""
    convert: Callable[[Any], Any]
    """Makes that of it."""

    @property
    def name(self) -> str:
        """Its path in one word, such as ``joints.pos`` or, of a Tuple, ``0``."""
        return ".".join(map(str, self.path))

    def read(self, obs: Any) -> Any:
        """Return this part of a whole observation."""
        for key in self.path:
            obs = obs[key]
        return self.convert(obs)


class ReadableObservation(gymnasium.ObservationWrapper[Any, Any, Any]):
    """Offer the given parts of an observation: as a flat Dict by name, or alone where the whole is one part."""

    def __init__(self, env: gymnasium.Env[Any, Any], parts: list[Part]):
        super().__init__(env)
        self._parts = parts
        self._whole = parts[0] if parts[0].path == () else None
        self.observation_space = self._whole.space if self._whole else spaces.Dict({p.name: p.space for p in parts})

    def observation(self, observation: Any) -> Any:
        """Return what the network reads."""
        return self._whole.read(observation) if self._whole else {p.name: p.read(observation) for p in self._parts}


def readable(env: gymnasium.Env[Any, Any]) -> gymnasium.Env[Any, Any]:
    """Return an environment whose observations a network reads: itself, if it can read all of them as they are.

    Parts of nested Dicts and Tuples are named by their path, as in ``joints.pos``. What no network reads, such as
    text in a Dict, is left out with a warning in the log ``dualbrain``. Raises `UserError` where nothing is left.
    """
    space = env.observation_space
    parts, left_out = [], []
    for path, leaf in _leaves(space):
        part = _part(path, leaf)
        if part:
            parts.append(part)
        else:
            left_out.append(f"{'.'.join(map(str, path))} ({type(leaf).__name__})")
    if not parts:
        raise unreadable(space)
    if left_out:
        name = env.spec.id if env.spec else type(env.unwrapped).__name__
        _warn_once(f"{name}: left out of the observation, for no network reads it: {', '.join(left_out)}")
    _check_names(parts, space)
    return env if _reads_as_it_is(space, parts) else ReadableObservation(env, parts)


def unnested(obs: Any, path: tuple[Any, ...] = ()) -> dict[str, Any]:
    """Return the parts of a nested observation by name, as `readable` names them.

    >>> unnested({"joints": {"pos": 1, "vel": 2}, "goal": (3, 4)})
    {'joints.pos': 1, 'joints.vel': 2, 'goal.0': 3, 'goal.1': 4}
    """
    if not isinstance(obs, Mapping | tuple):
        return {".".join(map(str, path)): obs}
    inside = obs.items() if isinstance(obs, Mapping) else enumerate(obs)
    return {name: part for key, value in inside for name, part in unnested(value, (*path, key)).items()}


def check_readable(space: spaces.Space[Any]) -> None:
    """Raise `UserError` unless a network reads observations of this space, batched as they are, without a wrapper."""
    parts = [(leaf, _part(path, leaf)) for path, leaf in _leaves(space)]
    if isinstance(space, spaces.Tuple) or not parts or not all(part and part.space == leaf for leaf, part in parts):
        raise unreadable(
            space, " (make the VecEnv of environments wrapped by dualbrain.worlds.spaces.observations.readable)"
        )
    if isinstance(space, spaces.Dict) and any(isinstance(part, spaces.Dict | spaces.Tuple) for part in space.values()):
        raise unreadable(
            space, " not nested (dualbrain.worlds.spaces.observations.readable flattens a single environment's)"
        )


def unreadable(space: spaces.Space[Any], hint: str = "") -> UserError:
    """Build the error for observations that no network reads."""
    return UserError(f"no network reads observations of {' '.join(str(space).split())}; supported: {SUPPORTED}{hint}")


def _leaves(space: spaces.Space[Any], path: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, spaces.Space[Any]]]:
    """Yield all parts that are no Dict or Tuple, with their paths."""
    if isinstance(space, spaces.Dict):
        for key, part in space.spaces.items():
            yield from _leaves(part, (*path, key))
    elif isinstance(space, spaces.Tuple):
        for i, part in enumerate(space.spaces):
            yield from _leaves(part, (*path, i))
    else:
        yield path, space


def _part(path: tuple[str | int, ...], leaf: spaces.Space[Any]) -> Part | None:
    """Return how a network reads a part, or None where none does."""
    if isinstance(leaf, spaces.Discrete):
        return Part(path, spaces.Discrete(leaf.n), partial(_less, leaf.start))
    if isinstance(leaf, spaces.MultiDiscrete):
        flat = spaces.MultiDiscrete(leaf.nvec.ravel(), leaf.dtype)
        return Part(path, flat, partial(_less, leaf.start))
    if isinstance(leaf, spaces.Box) and leaf.shape == ():
        return Part(path, spaces.Box(_row(leaf.low), _row(leaf.high), (1,), leaf.dtype.type), _row)
    return Part(path, leaf, _same) if isinstance(leaf, spaces.Box | spaces.MultiBinary) else None


@cache
def _warn_once(message: str) -> None:
    """Warn of what is the same in all copies of an environment."""
    logging.getLogger("dualbrain").warning(message)


def _less(start: Any, value: Any) -> Any:
    """Return numbers counted from 0, those of several dimensions in a row."""
    counted = np.subtract(value, start)
    return counted.ravel() if counted.ndim else counted


def _row(value: Any) -> Any:
    """Return a single number as a row of one."""
    return np.reshape(value, (1,))


def _same(value: Any) -> Any:
    return value


def _reads_as_it_is(space: spaces.Space[Any], parts: list[Part]) -> bool:
    """Return whether the wrapper would leave a space unchanged."""
    if parts[0].path == ():
        return parts[0].space == space
    return isinstance(space, spaces.Dict) and dict(space.spaces) == {part.name: part.space for part in parts}


def _check_names(parts: list[Part], space: spaces.Space[Any]) -> None:
    names = [part.name for part in parts]
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"two parts of the observation {space} would be named '{name}': rename one")
