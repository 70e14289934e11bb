"""The expert of Hearth: keeps warm, and seeks company."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from envs.engine.actions import ACTION_NAMES, REST
from envs.observation import Layout
from envs.scripted.sight import Bits, Mask, Numbers, Roaming, Sight, spread

TOUCH, PLAY = (len(ACTION_NAMES) + act for act in range(2))
COLD, WARM = 0.6, 0.9
"""Warmth below which it goes to a fire, and above which it leaves one."""
ENOUGH = 0.8
"""Company and fun above which it looks for none."""
GLOW = 2
"""Distance within which a fire warms."""


class Neighbour:
    """Warms itself at a fire until it is warm; then it goes to whom it misses most, if anybody is in sight."""

    def __init__(self, layout: Layout, n: int, seed: int = 0) -> None:
        self.sight = Sight(layout)
        self._roaming = Roaming(self.sight, n, seed)

    def act(self, obs: Bits) -> Numbers:
        """Return an action ``(N,)`` for each observation ``(N, D)``."""
        view = self.sight.view(obs)
        fire = self.sight.seen(view, ("fire",))
        harm = self.sight.seen(view, ("wall", "snowdrift")) | fire
        warmth, warm_here = self.sight.level(obs, "warmth"), self.sight.near(fire, GLOW)
        cold = warmth < np.where(warm_here, WARM, COLD)
        way = self.sight.way(np.where(cold[:, None, None], spread(fire) & ~fire, self._missed(view, obs)), harm)
        action = np.where(way > 0, way, self._roaming.walk(harm))
        action = np.where(cold & warm_here, REST, action)
        for act, who, level in ((TOUCH, "friend", "company"), (PLAY, "playmate", "fun")):
            wants = self.sight.level(obs, level) < ENOUGH
            action = np.where(wants & self.sight.near(self.sight.seen(view, (who,)), 1), act, action)
        return action

    def _missed(self, view: Mask, obs: Bits) -> Mask:
        """Return where those are whom it misses most, of those in sight."""
        friends, playmates = self.sight.seen(view, ("friend",)), self.sight.seen(view, ("playmate",))
        company, fun = (self._lack(obs, level, who) for level, who in (("company", friends), ("fun", playmates)))
        someone = np.where((company > fun)[:, None, None], friends, playmates)
        return np.asarray(someone & (np.maximum(company, fun) > 0.0)[:, None, None])

    def _lack(self, obs: Bits, level: str, who: Mask) -> NDArray[np.float64]:
        """Return how much is missing of what those give ``(N,)``; nothing if none of them is in sight."""
        return np.where(who.any((1, 2)), ENOUGH - self.sight.level(obs, level), 0.0)
