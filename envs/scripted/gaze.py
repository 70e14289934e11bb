"""The expert of Gaze: opens the box that a partner looks at."""

from __future__ import annotations

import numpy as np

from envs.engine.actions import CONSUME
from envs.observation import Layout
from envs.scripted.sight import Bits, Numbers, Roaming, Sight


class GazeFollower:
    """Opens the box that a partner looks at, and roams as long as it sees none."""

    def __init__(self, layout: Layout, n: int, seed: int = 0) -> None:
        self.sight = Sight(layout)
        self._roaming = Roaming(self.sight, n, seed)

    def act(self, obs: Bits) -> Numbers:
        """Return an action ``(N,)`` for each observation ``(N, D)``."""
        view = self.sight.view(obs)
        walls = self.sight.seen(view, ("wall",))
        wanted = self.sight.seen(view, ("box",)) & self.sight.seen(view, ("gaze",))
        way = self.sight.way(wanted, walls)
        action = np.where(way > 0, way, self._roaming.walk(walls))
        return np.where(self.sight.under(wanted), CONSUME, action)
