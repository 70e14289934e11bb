"""Keep rows of a space in few bytes: eight of 0 and 1 to a byte, small whole numbers in one, others as they are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from dualbrain.errors import UserError

Array = NDArray[Any]


@dataclass(frozen=True)
class Packing:
    """How rows of one space are kept, without loss: a row ``shape`` becomes a vector ``(W,)`` of ``dtype``."""

    shape: tuple[int, ...]
    read: np.dtype[Any]
    """Type of the numbers of a row that is unpacked,"""
    dtype: np.dtype[Any]
    """and of those that are kept."""
    largest: int | None = None
    """The largest number that is allowed, where only whole numbers from 0 are; 1: they are kept as bits."""

    @classmethod
    def of(cls, space: spaces.Space[Any]) -> Packing:
        """Return how the rows of a space are kept that is no Dict."""
        assert space.dtype is not None
        shape, largest = tuple(space.shape or ()), _largest(space)
        kept = space.dtype if largest is None else np.min_scalar_type(largest)
        return cls(shape, space.dtype, kept, largest)

    @property
    def width(self) -> int:
        """W, the numbers that are kept of a row."""
        size = math.prod(self.shape)
        return -(-size // 8) if self.largest == 1 else size

    def packed(self, rows: Array) -> Array:
        """Return rows ``(A, S, ...)`` as ``(A, S, W)``; raises `UserError` for numbers that are not of the space."""
        flat = rows.reshape(*rows.shape[:2], math.prod(self.shape))
        self.check(flat)
        return np.packbits(flat, axis=-1) if self.largest == 1 else flat.astype(self.dtype, copy=False)

    def unpacked(self, kept: Array) -> Array:
        """Return ``(..., W)`` as rows ``(..., *shape)``."""
        flat = np.unpackbits(kept, axis=-1, count=math.prod(self.shape)) if self.largest == 1 else kept
        return flat.reshape(*kept.shape[:-1], *self.shape).astype(self.read, copy=False)

    def check(self, numbers: Array) -> None:
        """Raise `UserError` for numbers that a row cannot hold: not finite, or not whole ones from 0 to the largest."""
        if self.largest is None:
            if numbers.dtype.kind == "f" and not np.isfinite(numbers.sum()) and not np.isfinite(numbers).all():
                raise UserError("what is to be remembered is not finite")
        elif numbers.size and not (numbers.min() >= 0 and numbers.max() <= self.largest):
            raise UserError(
                f"numbers of {numbers.min()} to {numbers.max()} are not of their space, 0 to {self.largest}"
            )


def _largest(space: spaces.Space[Any]) -> int | None:
    """Return the largest number of a space of whole numbers from 0; None for any other space."""
    if isinstance(space, spaces.Discrete) and space.start == 0:
        return max(int(space.n) - 1, 1)
    if isinstance(space, spaces.MultiDiscrete) and not np.any(space.start):
        return max(int(space.nvec.max()) - 1, 1)
    if isinstance(space, spaces.MultiBinary):
        return 1
    return 1 if isinstance(space, spaces.Box) and _is_of_bits(space) else None


def _is_of_bits(space: spaces.Box) -> bool:
    return space.dtype.kind in "iub" and bool((space.low >= 0).all() and (space.high <= 1).all())
