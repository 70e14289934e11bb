"""Memory for what the kernels report.

Arrays that were handed out must never change, yet fresh memory for every step costs more (in page faults) than the
step. So a block of memory is used again, but only when nobody holds any part of it any more.
"""

from __future__ import annotations

import sys
from math import prod

import numpy as np
from numpy.typing import DTypeLike, NDArray

from envs.engine.declarations import World
from envs.engine.senses import senses_of
from envs.engine.state import Outcome, observation_bits

ALIGNMENT = 64
SPARES = 4
"""Blocks kept for use again; whoever holds on to more steps than that gets fresh memory."""

Block = NDArray[np.uint8]
Part = tuple[str, slice, tuple[int, ...], DTypeLike]


class Reports:
    """Blocks of memory, each for one report of N worlds."""

    def __init__(self, world: World, n: int) -> None:
        self._parts: list[Part] = []
        self._size = 0
        bits, senses = observation_bits(world), len(senses_of(world))
        for name, shape, dtype in (
            ("obs", (n, bits), np.uint8),
            ("senses", (senses, n), np.float32),
            ("reward", (n,), np.float32),
            ("terminated", (n,), np.bool_),
            ("truncated", (n,), np.bool_),
            ("final_obs", (n, bits), np.uint8),
            ("reset_senses", (senses, n), np.float32),
        ):
            self._add(name, shape, dtype)
        self._blocks = [np.empty(self._size, np.uint8)]
        self._unheld = self._holders(0)

    def blank(self) -> Outcome:
        """Return a report to be written, in memory that nobody else sees."""
        block = self._unheld_block()
        return Outcome(**{name: block[where].view(dtype).reshape(shape) for name, where, shape, dtype in self._parts})

    def _add(self, name: str, shape: tuple[int, ...], dtype: type[np.generic]) -> None:
        size = prod(shape) * np.dtype(dtype).itemsize
        self._parts.append((name, slice(self._size, self._size + size), shape, dtype))
        self._size += -(-size // ALIGNMENT) * ALIGNMENT

    def _unheld_block(self) -> Block:
        for k in range(len(self._blocks)):
            if self._holders(k) == self._unheld:
                return self._blocks[k]
        block = np.empty(self._size, np.uint8)
        if len(self._blocks) < SPARES:
            self._blocks.append(block)
        return block

    def _holders(self, k: int) -> int:
        """Count the references to a block: each array made of any part of it holds one, for as long as it lives."""
        return sys.getrefcount(self._blocks[k])
