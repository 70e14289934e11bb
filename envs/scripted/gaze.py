"""One who looks where somebody else looks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from envs.actions import CONSUME
from envs.observation import Layout
from envs.scripted.sight import Bits, Mask, Numbers, Roaming, Sight


class GazeFollower:
    """Opens the nearest box that lies where a partner looks, and roams if it sees none."""

    def __init__(self, layout: Layout, n: int, seed: int = 0) -> None:
        self.sight = Sight(layout)
        self._roaming = Roaming(self.sight, n, seed)
        self._ahead = ahead(layout.view_shape[1])

    def act(self, obs: Bits) -> Numbers:
        """Return an action ``(N,)`` for each observation ``(N, D)``."""
        view = self.sight.view(obs)
        walls, boxes = self.sight.seen(view, ("wall",)), self.sight.seen(view, ("box",))
        wanted = boxes & self._looked_at(self.sight.seen(view, ("partner",)), self.sight.seen(view, ("gaze",)))
        way = self.sight.way(wanted, walls)
        action = np.where(way > 0, way, self._roaming.walk(walls))
        return np.where(self.sight.under(wanted), CONSUME, action)

    def _looked_at(self, partners: Mask, gazes: Mask) -> Mask:
        """Return the cells ``(N, V, V)`` where a partner in view looks: those ahead of it, past the marked cell."""
        eyes, marks = (mask.reshape(len(mask), -1).astype(np.float32) for mask in (partners, gazes))
        fields = np.einsum("np,nm,pmv->nv", eyes, marks, self._ahead, optimize=True)
        return np.asarray(fields.reshape(partners.shape) > 0)


def ahead(side: int) -> NDArray[np.float32]:
    """Return for each cell of a window, and each marked beside it, which cells lie that way ``(V², V², V²)``."""
    rows, columns = np.divmod(np.arange(side * side), side)
    south, east = rows - rows[:, None], columns - columns[:, None]
    # As faces show it: a gaze that is much more along one way than across it goes straight.
    way = np.stack(
        [np.sign(south) * (2 * abs(south) >= abs(east)), np.sign(east) * (2 * abs(east) >= abs(south))], axis=-1
    )
    beside = np.maximum(abs(south), abs(east)) == 1
    same_way = (way[:, :, None] == way[:, None, :]).all(-1)
    return np.asarray(beside[:, :, None] & same_way, np.float32)
