"""The scene: the state of one world of many, and its place in the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from envs.engine.declarations import Item
from envs.engine.state import State
from envs.engine.tables import Tables
from envs.engine.world import World
from envs.sprites import CELL

NOWHERE = -1
"""The cell of an empty place."""


@dataclass(frozen=True)
class Scene:
    """World ``i``; of the wall around its square, one ring of cells is shown."""

    world: World
    tables: Tables
    state: State
    i: int
    actions: NDArray[np.int64] | None = None
    """``(N,)``: what the agents have just done, where that is known."""

    @property
    def side(self) -> int:
        """Width and height of the board, in pixels."""
        return (self.world.size + 2) * CELL

    @property
    def rows(self) -> range:
        """The agents of this world, as rows of the state."""
        return range(self.i * self.world.agents, (self.i + 1) * self.world.agents)

    @property
    def seer(self) -> int | None:
        """The agent whose view is shown: the first that is alive."""
        return next((r for r in self.rows if self.state.alive[r]), None)

    def place(self, cell: int) -> tuple[int, int]:
        """Return the column and row of a cell on the board."""
        outside = self.tables.pad - 1
        return int(self.tables.column[cell]) - outside, int(self.tables.row[cell]) - outside

    def corner(self, cell: int) -> tuple[int, int]:
        """Return the upper left pixel ``(x, y)`` of a cell."""
        x, y = self.place(cell)
        return x * CELL, y * CELL

    def item_of(self, r: int) -> Item | None:
        """Return what agent ``r`` holds in its hand."""
        number = int(self.state.hand[r])
        return self.world.items[number - 1] if number else None

    def act_of(self, r: int) -> str | None:
        """Return the name of the act that agent ``r`` has just done, if it did one."""
        if self.actions is None or self.state.clock[self.i] == 0 or not self.state.alive[r]:
            return None
        number = int(self.actions[r]) - (len(self.world.action_names) - len(self.world.acts))
        return self.world.acts[number].name if number >= 0 else None
