"""The expert of Friends: helps friends who are unwell."""

from __future__ import annotations

import numpy as np

from envs.engine.actions import ACTION_NAMES, CONSUME
from envs.observation import Layout
from envs.scripted.sight import Bits, Numbers, Roaming, Sight

HELP = len(ACTION_NAMES)
HUNGRY, FED = 0.4, 0.8
"""Energy below which berries come first, and above which it passes them by."""


class Helper:
    """Helps the friends in sight who do not smile, eats when it must, and otherwise looks for its friends."""

    def __init__(self, layout: Layout, n: int, seed: int = 0) -> None:
        self.sight = Sight(layout)
        self._roaming = Roaming(self.sight, n, seed)

    def act(self, obs: Bits) -> Numbers:
        """Return an action ``(N,)`` for each observation ``(N, D)``."""
        view, energy = self.sight.view(obs), self.sight.level(obs, "energy")
        walls, berries = self.sight.seen(view, ("wall",)), self.sight.seen(view, ("berry",))
        in_need = self.sight.seen(view, ("friend",)) & ~self.sight.seen(view, ("smile",))
        hungry = (energy < HUNGRY) | ((energy < FED) & ~in_need.any((1, 2)))
        wanted = np.where(hungry[:, None, None], berries, in_need)
        way = self.sight.way(wanted, walls)
        action = np.where(way > 0, way, self._roaming.walk(walls))
        action = np.where(~hungry & self.sight.near(in_need, 1), HELP, action)
        return np.where(hungry & self.sight.under(berries), CONSUME, action)
