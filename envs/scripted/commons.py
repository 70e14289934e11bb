"""The expert of Commons: harvests apples, and leaves enough for them to grow back."""

from __future__ import annotations

import numpy as np

from envs.engine.actions import CONSUME
from envs.observation import Layout
from envs.scripted.sight import Bits, Mask, Numbers, Roaming, Sight

KIN_DISTANCE = 2
"""Distance of the apples that an apple needs."""
STARVING = 0.15
"""Energy below which any apple will do."""


class Harvester:
    """Eats the nearest apple that has ``spare`` others close by, or any when starving, and otherwise roams.

    With ``spare=0`` it is greedy. It leaves the other agents alone.
    """

    def __init__(self, layout: Layout, n: int, seed: int = 0, spare: int = 3) -> None:
        self.sight = Sight(layout)
        self.spare = spare
        self._roaming = Roaming(self.sight, n, seed)

    def act(self, obs: Bits) -> Numbers:
        """Return an action ``(N,)`` for each observation ``(N, D)``."""
        view = self.sight.view(obs)
        apples, walls = self.sight.seen(view, ("apple",)), self.sight.seen(view, ("wall",))
        starving = self.sight.level(obs, "energy") < STARVING
        wanted = apples & ((company(apples) >= self.spare) | starving[:, None, None])
        way = self.sight.way(wanted, walls)
        action = np.where(way > 0, way, self._roaming.walk(walls))
        return np.where(self.sight.under(wanted), CONSUME, action)


def company(mask: Mask) -> Numbers:
    """Return for every cell ``(N, V, V)`` how many others within `KIN_DISTANCE` are in the mask, as far as is seen."""
    side, reach = mask.shape[1], KIN_DISTANCE
    padded = np.pad(mask, ((0, 0), (reach, reach), (reach, reach)))
    rows = np.array([padded[:, row : row + side] for row in range(2 * reach + 1)]).sum(0)
    around = np.array([rows[:, :, column : column + side] for column in range(2 * reach + 1)]).sum(0)
    return np.asarray(around - mask, np.int64)
