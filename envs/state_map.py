"""Observe a native world from all of its cells: copies of the world, with the first agent on another cell in each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from dualbrain.worlds.state_map import StateMap
from envs.engine.ground import WALL_KIND
from envs.engine.kernel import perceive
from envs.engine.output_buffers import OutputBuffers
from envs.engine.state import State
from envs.engine.tables import Tables
from envs.engine.world import World
from envs.rendering.board import paint_board
from envs.rendering.scene import Scene
from envs.sprites import CELL


class Batch(Protocol):
    """Copies of one native world, of which the engine's parts are known: an `envs.vector.VectorWorld`."""

    world: World
    tables: Tables
    state: State
    output_buffers: OutputBuffers
    num_envs: int

    def reset(self, *, seed: Sequence[int]) -> Any:
        """Begin new episodes, each agent's world from its seed."""


def state_map(make: Callable[[int], Batch], seed: int) -> StateMap:
    """Return what the first agent would observe on each cell that it can walk to, as the world of a seed begins.

    ``make`` makes a batch of so many copies of it.
    """
    first = _begun(make(1), seed)
    world, cells = first.world, reachable(first)
    many = _begun(make(len(cells)), seed)
    many.state.agent[:: world.agents] = cells
    outcome = many.output_buffers.blank()
    perceive(many.tables, many.state, outcome)
    places = np.stack([first.tables.row[cells], first.tables.column[cells]], axis=1) - first.tables.pad
    return StateMap(outcome.obs[:: world.agents], places, (world.size, world.size), from_above(first))


def _begun(batch: Batch, seed: int) -> Batch:
    batch.reset(seed=[seed] * batch.num_envs)
    return batch


def reachable(batch: Batch) -> NDArray[np.int64]:
    """Return the cells ``(C,)`` that the first agent of the first world can walk to: all that no wall shuts off."""
    free = batch.state.grid[0] != WALL_KIND
    steps = [int(stride) for stride in batch.tables.stride if stride]
    found, edge = set(), {int(batch.state.agent[0])}
    while edge:
        found |= edge
        edge = {cell + step for cell in edge for step in steps if free[cell + step]} - found
    return np.array(sorted(found))


def from_above(batch: Batch) -> NDArray[np.uint8]:
    """Draw the square of the first world, without the wall around it."""
    board = np.array(paint_board(Scene(batch.world, batch.tables, batch.state, 0)))
    return board[CELL:-CELL, CELL:-CELL]
