"""Sightings: which agents have seen something of a kind in their episode, and which have reached it since."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dualbrain.errors import unknown
from envs.observation import Layout

Bits = NDArray[np.uint8]
Flags = NDArray[np.bool_]


class Sighted(NamedTuple):
    """What N agents have met in their episode so far."""

    seen: Flags
    """``(N,)``: whether anything of the kind was in view."""
    reached: Flags
    """``(N,)``: whether the agent stood on one at a later step."""


class Sightings:
    """Keep what N agents have seen and reached of one plane of the view, episode by episode.

    Only observations are read: kinds that look the same are one, and what a wrapper hides is not seen.
    """

    def __init__(self, layout: Layout, plane: str) -> None:
        """Raise `UserError` for a plane that the view has not."""
        if plane not in layout.planes:
            raise unknown("plane of the view", plane, layout.planes)
        cells = layout.view_shape[1] * layout.view_shape[2]
        self._plane = slice(layout.planes.index(plane) * cells, (layout.planes.index(plane) + 1) * cells)
        self._middle = cells // 2

    def begin(self, obs: Bits) -> Sighted:
        """Forget all, and note the first observations ``(N, D)`` of new episodes."""
        nothing = np.zeros(len(obs), np.bool_)
        self.now = self._after(Sighted(nothing, nothing), obs)
        return self.now

    def step(self, obs: Bits, ended: Flags, final_obs: Bits) -> Sighted:
        """Note the observations ``(N, D)`` after a step; return what held at its end.

        Where an episode has ``ended`` its last observation is in ``final_obs``, and ``obs`` is the first of the next.
        """
        rows = ended[:, np.newaxis]
        found = self._after(self.now, np.where(rows, final_obs, obs))
        self.now = self._after(Sighted(*(flags & ~ended for flags in found)), obs)
        return found

    def _after(self, before: Sighted, obs: Bits) -> Sighted:
        view = obs[:, self._plane] > 0
        reached = before.reached | (before.seen & view[:, self._middle])
        return Sighted(before.seen | view.any(1), reached)
