"""Memory for the outputs of the kernels.

Arrays that were handed out must never change, yet fresh memory for every step costs more (in page faults) than the
step. So a block of memory is used again, but only when no reference to any part of it is left.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from envs.engine.senses import senses_of
from envs.engine.state import Outcome, observation_bits
from envs.engine.world import World

ALIGNMENT = 64
SPARES = 4
"""Blocks kept for use again; a caller that keeps more steps than that gets fresh memory."""

Block = NDArray[np.void]


def row_length(n: int) -> int:
    """Return the length of a row of senses: an odd number of cache lines, so that rows do not share the same few."""
    line = ALIGNMENT // np.dtype(np.float32).itemsize
    return (-(-n // line) | 1) * line


def aligned(**parts: np.dtype[Any]) -> np.dtype[np.void]:
    """Lay out the parts of a block, each from a cache line of its own on."""
    ends = np.cumsum([-(-part.itemsize // ALIGNMENT) * ALIGNMENT for part in parts.values()])
    offsets = [0, *ends[:-1].tolist()]
    return np.dtype({"names": [*parts], "formats": [*parts.values()], "offsets": offsets, "itemsize": int(ends[-1])})


class OutputBuffers:
    """Blocks of memory, each for one report of N agents."""

    def __init__(self, world: World, n: int) -> None:
        bits, senses = (n, observation_bits(world)), (len(senses_of(world)), row_length(n))
        self._layout = aligned(
            obs=np.dtype((np.uint8, bits)),
            senses=np.dtype((np.float32, senses)),
            reward=np.dtype((np.float32, (n,))),
            terminated=np.dtype((np.bool_, (n,))),
            truncated=np.dtype((np.bool_, (n,))),
            final_obs=np.dtype((np.uint8, bits)),
            reset_senses=np.dtype((np.float32, senses)),
            present=np.dtype((np.bool_, (n,))),
        )
        self._blocks = [np.empty((), self._layout)]
        self._unheld = self._holders(0)

    def blank(self) -> Outcome:
        """Return a report to be written, in memory without other references."""
        block = self._unheld_block()
        return Outcome(*(block[name] for name in Outcome._fields))

    def _unheld_block(self) -> Block:
        for k in range(len(self._blocks)):
            if self._holders(k) == self._unheld:
                return self._blocks[k]
        block = np.empty((), self._layout)
        if len(self._blocks) < SPARES:
            self._blocks.append(block)
        return block

    def _holders(self, k: int) -> int:
        """Count the references to a block: each array made of any part of it holds one, for as long as it lives."""
        return sys.getrefcount(self._blocks[k])
