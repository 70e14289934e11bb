"""Rows of a batch are agents: how many live in one world, and which are there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]


def agents_per_world(world: object) -> int:
    """Return how many agents live together in each world of an environment or a batch: its ``n_agents``, or 1."""
    return int(getattr(world, "n_agents", 1))


def rows_present(world: object, otherwise: Flags) -> Flags:
    """Return ``(N,)`` whose agent took part in the last step of a Gymnasium batch, if that says so."""
    present: Flags = getattr(world, "present", otherwise)
    return present
