"""What environments and batches of Gymnasium state: their senses, how many agents live in a world, who is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from dualbrain.steering.sense import Sense

Flags = NDArray[np.bool_]


def stated_senses(world: object) -> Mapping[str, Sense] | Iterable[Sense] | None:
    """Return the attribute ``senses`` of an environment, in whichever form it has it; None without one."""
    senses: Mapping[str, Sense] | Iterable[Sense] | None = getattr(world, "senses", None)
    return senses


def agents_per_world(world: object) -> int:
    """Return how many agents live together in each world of an environment or a batch: its ``n_agents``, or 1."""
    return int(getattr(world, "n_agents", 1))


def rows_present(world: object, otherwise: Flags) -> Flags:
    """Return ``(N,)`` whose agent took part in the last step of a Gymnasium batch, if that says so."""
    present: Flags = getattr(world, "present", otherwise)
    return present
