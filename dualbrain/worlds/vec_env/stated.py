"""What environments and batches of Gymnasium state: their senses, how many agents live in a world, who is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.steering.sense import Sense
from dualbrain.worlds.spaces.parts import Part

Flags = NDArray[np.bool_]


def stated_senses(world: object) -> Mapping[str, Sense] | Iterable[Sense] | None:
    """Return the attribute ``senses`` of an environment, in whichever form it has it; None without one."""
    senses: Mapping[str, Sense] | Iterable[Sense] | None = _stated(world, "senses")
    return senses


def stated_parts(world: object) -> Sequence[Part] | None:
    """Return the parts that an environment or a batch says its observations have; None where it does not."""
    parts: Sequence[Part] | None = _stated(world, "observation_parts")
    return parts


def agents_per_world(world: object) -> int:
    """Return how many agents live together in each world of an environment or a batch: its ``n_agents``, or 1."""
    return int(_stated(world, "n_agents", 1))


def rows_present(world: object, otherwise: Flags) -> Flags:
    """Return ``(N,)`` whose agent took part in the last step of a Gymnasium batch, if that says so."""
    present: Flags = _stated(world, "present", otherwise)
    return present


def _stated(world: object, name: str, otherwise: Any = None) -> Any:
    return getattr(world, name, otherwise)
