"""Read observations for scripted experts, and find ways in the view."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from envs.engine.actions import STEPS
from envs.observation import Layout

Bits = NDArray[np.uint8]
Numbers = NDArray[np.int64]
Grid = NDArray[np.int64]
Mask = NDArray[np.bool_]

Scalar = TypeVar("Scalar", bound=np.generic)

FAR = 99
"""Length of a way where there is none."""
WALKS = np.array(STEPS[1:])


class Sight:
    """Reads observations ``(N, D)`` of a layout. Grids are ``(N, V, V)``, the agent in the middle."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.middle = layout.view_shape[1] // 2

    def view(self, obs: Bits) -> Mask:
        """Return the planes of the view ``(N, planes, V, V)``."""
        return np.asarray(obs[:, self.layout.view].reshape(-1, *self.layout.view_shape) > 0)

    def seen(self, view: Mask, names: Iterable[str]) -> Mask:
        """Return where anything so named is seen ``(N, V, V)``; names that the world does not know are nowhere."""
        planes = [self.layout.planes.index(name) for name in names if name in self.layout.planes]
        return np.asarray(view[:, planes].any(1))

    def level(self, obs: Bits, name: str) -> NDArray[np.float64]:
        """Return a level of the body ``(N,)``, to the precision of its thermometer."""
        bits, start = self.layout.bits_per_level, self.layout.body.start
        first = start + self.layout.levels.index(name) * bits
        return np.asarray(obs[:, first : first + bits].mean(1))

    def under(self, grid: Mask) -> Mask:
        """Return whether it is where the agent stands ``(N,)``."""
        return np.asarray(grid[:, self.middle, self.middle])

    def near(self, grid: Mask, reach: int) -> Mask:
        """Return whether it is within ``reach`` cells ``(N,)``, diagonals counting as one."""
        around = slice(self.middle - reach, self.middle + reach + 1)
        return np.asarray(grid[:, around, around].any((1, 2)))

    def beside(self, grid: NDArray[Scalar]) -> NDArray[Scalar]:
        """Return the cells ``(4, N)`` that the walks north, east, south and west lead to."""
        return np.array([grid[:, self.middle + row, self.middle + column] for row, column in WALKS])

    def way(self, wanted: Mask, danger: Mask) -> Numbers:
        """Return the first step ``(N,)`` of a shortest way to what is wanted, around danger; 0 where there is none."""
        length = np.where(wanted, 0, FAR)
        for _ in range(3 * self.middle):
            length = np.minimum(length, np.where(danger & ~wanted, FAR, 1 + neighbours(length, FAR).min(0)))
        choices = self.beside(length)
        return np.where(choices.min(0) < FAR, 1 + choices.argmin(0), 0)

    def flight(self, foes: Mask, harm: Mask) -> Numbers:
        """Return the step ``(N,)`` that leads furthest from the nearest foe, not into harm."""
        length = np.where(foes, 0, FAR)
        for _ in range(2 * self.middle):
            length = np.minimum(length, 1 + neighbours(length, FAR).min(0))
        choices = np.where(self.beside(harm | foes), -1, self.beside(length))
        return np.asarray(1 + choices.argmax(0))


class Roaming:
    """Walks one way until it is blocked or turns at random, and turns back last: a search for what is out of view."""

    def __init__(self, sight: Sight, n: int, seed: int) -> None:
        self._sight = sight
        self._random = np.random.default_rng(seed)
        self._heading = self._random.integers(1, 5, n)

    def walk(self, danger: Mask) -> Numbers:
        """Return the next step ``(N,)``, around danger."""
        open_ways = ~self._sight.beside(danger)
        rows = np.arange(len(self._heading))
        turn = ~open_ways[self._heading - 1, rows] | (self._random.random(len(rows)) < 0.03)
        liking = self._random.random(open_ways.shape)
        liking[(self._heading + 1) % 4, rows] *= 0.01
        fresh = 1 + (open_ways * liking).argmax(0)
        self._heading = np.where(turn, fresh, self._heading)
        return self._heading


def neighbours(grid: Grid, beyond: int) -> Grid:
    """Return the four neighbours ``(4, N, V, V)`` of every cell."""
    padded = np.pad(grid, ((0, 0), (1, 1), (1, 1)), constant_values=beyond)
    side = grid.shape[1]
    return np.array([padded[:, 1 + row : 1 + row + side, 1 + column : 1 + column + side] for row, column in WALKS])


def spread(mask: Mask) -> Mask:
    """Add to a mask the cells beside it."""
    return np.asarray(mask | (neighbours(mask.astype(np.int64), 0).max(0) > 0))
