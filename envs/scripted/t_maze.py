"""The expert of TMaze: remembers at which side the food is. Without memory it is right by chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from envs.engine.actions import CONSUME, EAST, NORTH, WEST
from envs.observation import Layout
from envs.scripted.sight import Bits, Numbers, Sight

SIDES = {"west": WEST, "east": EAST}


class Rememberer:
    """Walks up the stem, turns to the side that was said as the episode began, and opens the door there.

    With ``memory=False`` it forgets the word at once, and turns to a side drawn at each episode.
    """

    def __init__(self, layout: Layout, n: int, seed: int = 0, memory: bool = True) -> None:
        self.sight, self.memory = Sight(layout), memory
        self._random = np.random.default_rng(seed)
        self._side = np.full(n, WEST)

    def begin(self, started: NDArray[np.bool_]) -> None:
        """Forget the word in the rows ``(N,)`` whose episodes have just begun."""
        self._side = np.where(started, self._random.choice([WEST, EAST], len(started)), self._side)

    def act(self, obs: Bits) -> Numbers:
        """Return an action ``(N,)`` for each observation ``(N, D)``."""
        if self.memory:
            for word, side in SIDES.items():
                self._side = np.where(obs[:, self.sight.layout.hears(word)[0]] > 0, side, self._side)
        view = self.sight.view(obs)
        north_is_wall = self.sight.beside(self.sight.seen(view, ("wall",)))[NORTH - 1]
        walk = np.where(north_is_wall, self._side, NORTH)
        return np.where(self.sight.under(self.sight.seen(view, ("door",))), CONSUME, walk)
