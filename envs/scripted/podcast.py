"""The expert of Podcast: says words that please the observer or most listeners."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from envs.engine.actions import ACTION_NAMES
from envs.observation import Layout
from envs.scripted.sight import Bits, Mask, Numbers, Roaming, Sight

FIRE, RIVER = (len(ACTION_NAMES) + act for act in range(2))
EARSHOT = 2
STANDING = {"observer": 1.0, "listener": 0.1}
WORTH_SAYING = 0.05


class Speaker:
    """Goes where the observer is, or else a listener, and says what most of those in earshot like, if anything."""

    def __init__(self, layout: Layout, n: int, seed: int = 0) -> None:
        self.sight = Sight(layout)
        self._roaming = Roaming(self.sight, n, seed)

    def act(self, obs: Bits) -> Numbers:
        """Return an action ``(N,)`` for each observation ``(N, D)``."""
        view = self.sight.view(obs)
        walls, observer = self.sight.seen(view, ("wall",)), self.sight.seen(view, ("observer",))
        someone = np.where(observer.any((1, 2), keepdims=True), observer, self.sight.seen(view, ("listener",)))
        way = self.sight.way(someone, walls)
        action = np.where(way > 0, way, self._roaming.walk(walls))
        liking = self._liking(view)
        return np.where(liking > WORTH_SAYING, FIRE, np.where(liking < -WORTH_SAYING, RIVER, action))

    def _liking(self, view: Mask) -> NDArray[np.float64]:
        """Return how much those in earshot like fire ``(N,)``, which is how much they dislike the river."""
        middle = slice(self.sight.middle - EARSHOT, self.sight.middle + EARSHOT + 1)
        red, blue = (self.sight.seen(view, (f"{badge} badge",)) for badge in ("red", "blue"))
        worth = np.asarray([standing * self.sight.seen(view, (who,)) for who, standing in STANDING.items()]).sum(0)
        return np.asarray(((1.0 * red - blue) * worth)[:, middle, middle].sum((1, 2)))
