"""One who looks where somebody else looks."""

from __future__ import annotations

import numpy as np

from envs.actions import CONSUME
from envs.observation import Layout
from envs.scripted.sight import Bits, Mask, Numbers, Roaming, Sight


class GazeFollower:
    """Opens the nearest box that lies where a partner looks, and roams if it sees none."""

    def __init__(self, layout: Layout, n: int, seed: int = 0) -> None:
        self.sight = Sight(layout)
        self._roaming = Roaming(self.sight, n, seed)
        self._beside, self._ahead = ahead(layout.view_shape[1])

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
        row, partner = partners.reshape(len(partners), -1).nonzero()
        marks = gazes.reshape(len(gazes), -1)[row] & self._beside[partner]
        fields = self._ahead[partner, marks.argmax(1)] & marks.any(1, keepdims=True)
        looked_at = np.zeros((len(partners), fields.shape[1]), np.bool_)
        np.logical_or.at(looked_at, row, fields)
        return looked_at.reshape(partners.shape)


def ahead(side: int) -> tuple[Mask, Mask]:
    """Return which cells of a window lie beside each, and for each two such, which lie that way ``(V², V², V²)``."""
    rows, columns = np.divmod(np.arange(side * side), side)
    south, east = rows - rows[:, None], columns - columns[:, None]
    # As faces show it: a gaze that is much more along one way than across it goes straight.
    way = np.stack(
        [np.sign(south) * (2 * abs(south) >= abs(east)), np.sign(east) * (2 * abs(east) >= abs(south))], axis=-1
    )
    beside = np.maximum(abs(south), abs(east)) == 1
    return beside, beside[:, :, None] & (way[:, :, None] == way[:, None, :]).all(-1)
