"""The expert of Forage and SpiderCave, on which others build: eats, drinks, and avoids harm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from envs.engine.actions import CONSUME, REST
from envs.observation import Layout
from envs.scripted.sight import Bits, Mask, Numbers, Roaming, Sight, spread

HARM = ("wall", "thorns")
FOES = ("spider",)


class Forager:
    """Eats what the emptiest level of its body asks for, walks around harm, flees foes, and otherwise roams.

    It reads nothing but the observations ``(N, D)``, and keeps a heading per world.
    """

    food: ClassVar[Mapping[str, str]] = {"energy": "berry", "hydration": "water", "sodium": "salt"}
    """What refills which level."""
    enough: ClassVar[Mapping[str, float]] = {"energy": 0.6, "hydration": 0.6, "sodium": 0.45}
    """Level above which it is not worth a meal."""

    def __init__(self, layout: Layout, n: int, seed: int = 0) -> None:
        self.sight = Sight(layout)
        self._roaming = Roaming(self.sight, n, seed)
        self._levels = [level for level in layout.levels if level in self.food]

    def act(self, obs: Bits) -> Numbers:
        """Return an action ``(N,)`` for each observation ``(N, D)``."""
        view = self.sight.view(obs)
        foes, harm = self.sight.seen(view, FOES), self.sight.seen(view, HARM)
        wanted = self._wanted(view, self._hunger(obs))
        danger = harm | spread(foes)
        way, roam = self.sight.way(wanted, danger), self._roaming.walk(danger)
        action = np.where(way > 0, way, roam)
        action = np.where(self.sight.under(wanted), CONSUME, action)
        action = np.where(self._weary(obs) & ~foes.any((1, 2)), REST, action)
        return np.where(self.sight.near(foes, 2), self.sight.flight(foes, harm), action)

    def _weary(self, obs: Bits) -> Mask:
        """Return the agents with little stamina left; none where bodies have no stamina."""
        if "stamina" not in self.sight.layout.levels:
            return np.zeros(len(obs), np.bool_)
        return self.sight.level(obs, "stamina") < 0.15

    def _hunger(self, obs: Bits) -> NDArray[np.float64]:
        """Return how far each level ``(levels, N)`` lies below enough."""
        return np.array([self.enough[name] - self.sight.level(obs, name) for name in self._levels])

    def _wanted(self, view: Mask, hunger: NDArray[np.float64]) -> Mask:
        """Return where the most wanted food in sight is; nothing if the body has enough."""
        food = np.array([self.sight.seen(view, (self.food[name],)) for name in self._levels])
        in_sight = food.any((2, 3)) & (hunger > 0.0)
        first = np.where(in_sight, hunger, -1.0).argmax(0)
        rows = np.arange(len(view))
        return np.asarray(food[first, rows] & in_sight[first, rows, None, None])
