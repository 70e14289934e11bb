"""A ring of blocks of columns in so many bytes: the oldest block is overwritten first."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Column(NamedTuple):
    """What a block holds of one kind: ``shape`` numbers of a type."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def nbytes(self) -> int:
        """Its size in bytes."""
        return math.prod(self.shape) * self.dtype.itemsize


class Ring:
    """Blocks of columns of fixed shapes, as many as fit into ``size`` bytes, at least one."""

    def __init__(self, size: int, columns: Mapping[str, Column]):
        self.size = size
        self.filled = 0
        """Blocks that are there."""
        self._next = 0
        self._blocks = {
            name: np.zeros((self._room(columns), *column.shape), column.dtype) for name, column in columns.items()
        }

    def _room(self, columns: Mapping[str, Column]) -> int:
        return max(self.size // max(sum(column.nbytes for column in columns.values()), 1), 1)

    @property
    def capacity(self) -> int:
        """How many blocks there can be."""
        return len(next(iter(self._blocks.values())))

    @property
    def nbytes(self) -> int:
        """Bytes that are set aside for it; those of blocks that are not there yet take no memory."""
        return sum(column.nbytes for column in self._blocks.values())

    @property
    def columns(self) -> dict[str, Column]:
        """What a block holds, by name."""
        return {name: Column(kept.shape[1:], kept.dtype) for name, kept in self._blocks.items()}

    def __getitem__(self, name: str) -> Array:
        """Return a column of all blocks that are there ``(filled, ...)``, in no order of time; a view."""
        return self._blocks[name][: self.filled]

    def add(self, block: Mapping[str, Array]) -> None:
        """Keep a copy of a block, in the place of the oldest where there is no room."""
        for name, rows in block.items():
            self._blocks[name][self._next] = rows
        self._next = (self._next + 1) % self.capacity
        self.filled = min(self.filled + 1, self.capacity)

    def change(self, columns: Mapping[str, Column], convert: Mapping[str, Callable[[Array], Array]]) -> None:
        """Let blocks have other ``columns`` of the same names, made of the old ones where ``convert`` says how.

        The oldest blocks go where they no longer fit. No more than one column is there twice meanwhile.
        """
        room = self._room(columns)
        kept = min(self.filled, room)
        newest = (self._next - kept + np.arange(kept)) % self.capacity
        for name, column in columns.items():
            grown = convert.get(name, _same)(self._blocks[name][newest])
            self._blocks[name] = np.zeros((room, *column.shape), column.dtype)
            self._blocks[name][:kept] = grown
        self.filled, self._next = kept, kept % room

    def state_dict(self) -> dict[str, Any]:
        """Return what is in it, as copies."""
        return {"next": self._next, "blocks": {name: self[name].copy() for name in self._blocks}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put back what `state_dict` returned; raises `ValueError` for what is no such thing."""
        blocks, following = dict(state["blocks"]), state["next"]
        filled = {len(kept) for kept in blocks.values()}
        if blocks.keys() != self._blocks.keys() or len(filled) != 1:
            raise ValueError("a memory has other columns")
        there = filled.pop()
        places = range(self.capacity) if there == self.capacity else range(there, there + 1)
        if there > self.capacity or type(following) is not int or following not in places:
            raise ValueError("a memory is larger than it may be, or ends nowhere")
        if {name: Column(kept.shape[1:], kept.dtype) for name, kept in blocks.items()} != self.columns:
            raise ValueError("the columns of a memory are of another kind")
        for name, kept in blocks.items():
            self._blocks[name][:there] = kept
        self.filled, self._next = there, following


def _same(rows: Array) -> Array:
    return rows
