"""The expert of Warehouse: handles known goods, and calls for help with odd ones."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from envs.engine.actions import ACTION_NAMES, CONSUME
from envs.observation import Layout
from envs.scripted.sight import Bits, Mask, Numbers, Roaming, Sight
from envs.warehouse import GOODS, ODD

CALL = len(ACTION_NAMES)
IN_CALL = 2
"""Distance at which a call reveals."""


class Porter:
    """Walks to the nearest good, calls when something odd is near, and then handles it if it is safe.

    It ``knows`` some sorts of odd things; any other one it takes for the goods that it looks like, if for anything.
    """

    def __init__(self, layout: Layout, n: int, seed: int = 0, knows: Iterable[str] = tuple(ODD)) -> None:
        self.sight = Sight(layout)
        self._knows = [ODD[sort] for sort in knows]
        self._roaming = Roaming(self.sight, n, seed)

    def act(self, obs: Bits) -> Numbers:
        """Return an action ``(N,)`` for each observation ``(N, D)``."""
        view = self.sight.view(obs)
        walls, odd = self.sight.seen(view, ("wall",)), self._odd(view)
        wanted = self.sight.seen(view, (*GOODS, "safe")) & ~odd
        way = self.sight.way(wanted | odd, walls)
        action = np.where(way > 0, way, self._roaming.walk(walls))
        action = np.where(self.sight.near(odd, IN_CALL), CALL, action)
        return np.where(self.sight.under(wanted), CONSUME, action)

    def _odd(self, view: Mask) -> Mask:
        """Return where something is that may be safe or not: in all planes of a sort of odd things at once."""
        sorts = [np.logical_and.reduce([self.sight.seen(view, (plane,)) for plane in sort]) for sort in self._knows]
        return np.asarray(np.logical_or.reduce([np.zeros_like(view[:, 0]), *sorts]))
