"""Adapters for environments of other packages, found in files that say which ids they serve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gymnasium

Env = gymnasium.Env[Any, Any]


def _as_it_is(env: Env) -> Env:
    return env


def _known(env_id: str) -> None:
    """Do nothing: the package registered the id when it was imported."""


@dataclass(frozen=True)
class WorldAdapter:
    """Adds senses to the environments of one package, whose ids begin alike.

    Its module imports the package, so that loading it registers the package's environments with Gymnasium.
    """

    make: Callable[..., Env] = gymnasium.make
    """Makes one environment from its id."""
    wrap: Callable[[Env], Env] = _as_it_is
    """Gives an environment made so its senses; see `dualbrain.worlds.sense_wrappers.SenseWrapper`."""
    register: Callable[[str], None] = _known
    """Registers an id with Gymnasium that the package itself does not; raises `UserError` for one that is wrong."""
    examples: tuple[str, ...] = ()
    """Ids shown by ``dualbrain list envs``."""
