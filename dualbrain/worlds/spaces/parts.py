"""The parts of an observation, such as view, word and body, which a cortex may hide and complete."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gymnasium import spaces

from dualbrain.errors import UserError

WHOLE = "observation"
"""Name of the one part of an observation whose parts are not known."""


@dataclass(frozen=True)
class Part:
    """A stretch of the flattened observation ``(D,)`` that is perceived by one sense."""

    name: str
    start: int
    stop: int
    shape: tuple[int, ...] = ()
    """Its own shape, where that matters: ``(planes, V, V)`` of a view; empty: it is a vector."""

    def __post_init__(self) -> None:
        size = self.stop - self.start
        if size < 1 or (self.shape and math.prod(self.shape) != size):
            raise UserError(f"part '{self.name}' of an observation from {self.start} to {self.stop}: {self.shape}")

    @property
    def where(self) -> slice:
        """Its place in the flattened observation."""
        return slice(self.start, self.stop)


def observation_parts(space: spaces.Space[Any], named: Sequence[Part] | None = None) -> tuple[Part, ...]:
    """Return the parts of flattened observations: those ``named`` by a world, else the entries of a Dict, else one.

    A world names them by its attribute ``observation_parts``. Raises `UserError` where they do not fit the space.
    """
    if named and not isinstance(space, spaces.Dict):
        parts = tuple(named)
        check_parts(parts, spaces.flatdim(space))
        return parts
    return _entries(space.spaces) if isinstance(space, spaces.Dict) else _entries({WHOLE: space})


def _entries(entries: Any) -> tuple[Part, ...]:
    parts: list[Part] = []
    for name, entry in entries.items():
        start = parts[-1].stop if parts else 0
        shape = tuple(entry.shape or ()) if isinstance(entry, spaces.Box) else ()
        parts.append(Part(name, start, start + spaces.flatdim(entry), shape if len(shape) > 1 else ()))
    return tuple(parts)


def check_parts(parts: Sequence[Part], size: int) -> None:
    """Raise `UserError` where parts do not follow one another from the first to the last of ``size`` numbers."""
    at = 0
    for part in parts:
        if part.start != at:
            raise UserError(f"part '{part.name}' of an observation must start at {at}, not {part.start}")
        at = part.stop
    if at != size:
        raise UserError(f"the parts of an observation have {at} numbers, and the observation has {size}")


def bit_view(space: spaces.Space[Any], parts: Sequence[Part] | None) -> Part | None:
    """Return the part of flat observations that is a view of bits, with the body in its middle; None where none is."""
    if not (
        isinstance(space, spaces.Box) and space.dtype.kind in "bui" and space.low.min() >= 0 and space.high.max() <= 1
    ):
        return None
    square = (part for part in parts or () if len(part.shape) == 3 and part.shape[1] == part.shape[2])
    return next(square, None)
