"""Scripted experts, one file each: they show that a world can be solved, and are the reference for agents that learn.

An expert reads nothing but observations: ``expert(layout, n, seed)`` has ``act(obs (N, D)) -> (N,)`` and, if it
remembers anything within an episode, ``begin(started (N,) bool)``, called with the rows whose episodes have just begun.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from dualbrain.errors import unknown


class Expert(Protocol):
    """Plays N rows of a world."""

    def act(self, obs: NDArray[np.uint8]) -> NDArray[np.integer[Any]]:
        """Return an action ``(N,)`` for each observation ``(N, D)``."""
        ...


@runtime_checkable
class Remembering(Protocol):
    """An expert that remembers something within an episode."""

    def begin(self, started: NDArray[np.bool_]) -> None:
        """Forget it in the rows ``(N,)`` whose episodes have just begun."""


EXPERTS = {
    "dualbrain/Commons-v0": "envs.scripted.commons:Harvester",
    "dualbrain/Elder-v0": "envs.scripted.elder:Cook",
    "dualbrain/Forage-v0": "envs.scripted.forager:Forager",
    "dualbrain/Friends-v0": "envs.scripted.friends:Helper",
    "dualbrain/Gaze-v0": "envs.scripted.gaze:GazeFollower",
    "dualbrain/Hearth-v0": "envs.scripted.hearth:Neighbour",
    "dualbrain/Needs-v0": "envs.scripted.needs:Provider",
    "dualbrain/Podcast-v0": "envs.scripted.podcast:Speaker",
    "dualbrain/SaltLick-v0": "envs.scripted.salt_lick:LeverPresser",
    "dualbrain/SpiderCave-v0": "envs.scripted.forager:Forager",
    "dualbrain/TMaze-v0": "envs.scripted.t_maze:Rememberer",
    "dualbrain/Warehouse-v0": "envs.scripted.warehouse:Porter",
}
"""Where the expert of each native world is."""


def load_expert(world: str) -> Callable[..., Expert]:
    """Return what builds the expert of a world, by the world's id: ``load_expert(id)(layout, n, seed)``."""
    if world not in EXPERTS:
        raise unknown("expert for the world", world, EXPERTS)
    module, _, name = EXPERTS[world].partition(":")
    factory: Callable[..., Expert] = getattr(importlib.import_module(module), name)
    return factory
