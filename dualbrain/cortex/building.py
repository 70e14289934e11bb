"""Find a cortex by name, build it for an agent, and check its output."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from stable_baselines3.common.preprocessing import preprocess_obs
from stable_baselines3.common.utils import obs_as_tensor
from torch import Tensor

from dualbrain.cortex.experience import State
from dualbrain.cortex.interface import Cortex, Critic
from dualbrain.cortex.world_models import WorldModel
from dualbrain.errors import UserError, unknown
from dualbrain.files.trust import check_named
from dualbrain.origin import reason
from dualbrain.registry import CORTICES, cortices, load
from dualbrain.structured.keywords import keywords_of
from dualbrain.worlds.spaces.parts import Part, observation_parts

TRIED = 2
"""Blank observations that a new cortex is tried with."""


def load_cortex(name: str | type) -> type[Cortex]:
    """Return the class of the cortex registered as ``name``, or at a dotted path; a class is returned as it is.

    Raises `UserError` for what is no cortex, and for a path in a file that may not name it.
    """
    found = name if isinstance(name, type) else _named(name)
    if not (isinstance(found, type) and issubclass(found, Cortex)):
        raise UserError(f"{name} is no cortex: it must be a class derived from dualbrain.cortex.interface:Cortex")
    return found


def _named(name: str) -> Any:
    if ":" in name:
        check_named(name)
    return load(CORTICES, "cortex", name)


def world_models() -> list[str]:
    """Return the names of the registered cortices that imagine what comes next."""
    return [name for name in cortices() if issubclass(load_cortex(name), WorldModel)]


def cortex_options(
    cls: type[Cortex],
    space: spaces.Space[Any],
    action_space: spaces.Space[Any],
    parts: Sequence[Part],
    given: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Return the options of a cortex: those that follow from its world, and those that are given, which win.

    Without ``parts`` of the observations they are those of the observation space. Raises `UserError` for an option that
    the cortex does not have.
    """
    given = check_cortex_kwargs(cls, given)
    return {**cls.world_options(parts or observation_parts(space), action_space), **given}


def check_cortex_kwargs(cls: type[Cortex], given: Any) -> Mapping[str, Any]:
    """Return the options given for a cortex, none for None; raises `UserError` for one that its class does not take."""
    if not isinstance(given or {}, Mapping):
        raise UserError(f"'cortex_kwargs' must be a table, as in cortex_kwargs:dict(width=64), not {given!r}")
    offered, others = keywords_of(cls)
    for name in given or ():
        if name not in offered and not others:
            space = next(iter(inspect.signature(cls).parameters))
            raise unknown("option", name, offered.keys() - {"self", space}, f" of the cortex {cls.__name__}")
    return given or {}


def build_cortex(cls: type[Cortex], critic: Critic, space: spaces.Space[Any], options: Mapping[str, Any]) -> Cortex:
    """Return the cortex of an agent, on the critic's device; torch's random stream stays as it was.

    Raises `UserError` where it refuses the observation space or its options, and where what it returns is no thought or
    no state.
    """
    device = next(critic.towers.parameters(), torch.empty(0)).device
    return _built(cls, partial(cls.beside, critic, space, options), space, device)


def build_own_cortex(
    cls: type[Cortex], space: spaces.Space[Any], options: Mapping[str, Any], device: torch.device
) -> Cortex:
    """Return a cortex with all of its layers its own, beside whatever algorithm; as `build_cortex` otherwise."""
    return _built(cls, partial(cls, space, **options), space, device)


def _built(cls: type[Cortex], make: Callable[[], Cortex], space: spaces.Space[Any], device: torch.device) -> Cortex:
    with torch.random.fork_rng(devices=[]):
        try:
            cortex = make().to(device)
            if device.type != "meta" and any(True for _ in cortex.parameters()):
                _try(cortex, space, device)
        except UserError:
            raise
        except (ValueError, TypeError, NotImplementedError, RuntimeError) as error:
            raise UserError(f"the cortex {cls.__name__} cannot read {space}: {reason(error)}") from error
    return cortex


def _try(cortex: Cortex, space: spaces.Space[Any], device: torch.device) -> None:
    """Raise `UserError` where a cortex does not return thoughts of its width and a state like the initial one."""
    blank = preprocess_obs(obs_as_tensor(_blank(space), device), space)
    begin = cortex.initial_state(TRIED)
    cortex.eval()
    with torch.no_grad():
        returned = cortex(blank, begin)
    cortex.train()
    match returned:
        case (Tensor() as thought, tuple() as state) if thought.shape == (TRIED, cortex.width):
            _check_state(cortex, begin, state)
        case _:
            wanted = f"thoughts ({TRIED}, {cortex.width}) and a tuple, its state, for {TRIED} observations"
            raise UserError(f"the cortex {type(cortex).__name__} must return {wanted}, not {_called(returned)}")


def _check_state(cortex: Cortex, begin: State, after: State) -> None:
    if _called(after) != _called(begin):
        wanted = f"a state like its initial one, {_called(begin)}"
        raise UserError(f"the cortex {type(cortex).__name__} must return {wanted}, not {_called(after)}")


def _blank(space: spaces.Space[Any]) -> Any:
    """Return observations ``(TRIED, ...)`` of zeros."""
    if isinstance(space, spaces.Dict):
        return {name: _blank(part) for name, part in space.spaces.items()}
    return np.zeros((TRIED, *(space.shape or ())), space.dtype)


def _called(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_called, value))})"
    return f"a tensor {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__
