"""The expert of Elder: prepares beans by the recipe."""

from __future__ import annotations

import numpy as np

from envs.elder import RECIPES, SOURCES, SPOILT
from envs.engine.actions import CONSUME
from envs.observation import Layout
from envs.scripted.sight import Bits, Numbers, Roaming, Sight


class Cook:
    """Takes what grows to one station after the other, as the recipe says, and eats it; it roams for what is unseen."""

    def __init__(self, layout: Layout, n: int, seed: int = 0) -> None:
        self.sight = Sight(layout)
        self._roaming = Roaming(self.sight, n, seed)
        sources = tuple(source for source in SOURCES.values() if source in layout.planes)
        self._next = [sources, *((self._station(item),) for item in layout.items)]
        """Where each content of the hand is taken, nothing first; ``""`` where it is eaten."""

    def act(self, obs: Bits) -> Numbers:
        """Return an action ``(N,)`` for each observation ``(N, D)``."""
        view = self.sight.view(obs)
        walls, things = self.sight.seen(view, ("wall",)), self.sight.seen(view, self._things())
        held = self._held(obs)
        places = np.array([self.sight.seen(view, names) for names in self._next])
        wanted = places[held, np.arange(len(obs))]
        to_eat = np.array([names == ("",) for names in self._next])[held]
        wanted = np.where(to_eat[:, None, None], ~things & ~walls, wanted)
        way = self.sight.way(wanted, walls)
        action = np.where(way > 0, way, self._roaming.walk(walls))
        return np.where(self.sight.under(wanted), CONSUME, action)

    def _held(self, obs: Bits) -> Numbers:
        """Return what is in the hand ``(N,)``, by number; 0 if nothing is."""
        hand = obs[:, self.sight.layout.hand]
        return np.where(hand.any(1), 1 + hand.argmax(1), 0)

    def _things(self) -> tuple[str, ...]:
        return (*SOURCES.values(), *RECIPES["bean"])

    def _station(self, item: str) -> str:
        """Return the station to which an item is taken; ``""`` if it is eaten."""
        if item == SPOILT.name or item.startswith("prepared"):
            return ""
        domain = next(name for name in RECIPES if name in item.split())
        done = 0 if item == f"raw {domain}" else 1 + RECIPES[domain].index(item.removeprefix(f"{domain} from the "))
        return RECIPES[domain][done]
