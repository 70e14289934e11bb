"""A forager without a brain: proof that the worlds can be lived in, and a yardstick for those that learn."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from envs.actions import CONSUME, REST, STEPS
from envs.observation import Layout

Numbers = NDArray[np.int64]
Grid = NDArray[np.int64]
Mask = NDArray[np.bool_]

Scalar = TypeVar("Scalar", bound=np.generic)

FOOD = {"energy": "berry", "hydration": "water", "sodium": "salt"}
"""What refills which level."""
ENOUGH = {"energy": 0.6, "hydration": 0.6, "sodium": 0.45}
"""Level above which it is not worth a meal."""
HARM = ("wall", "thorns")
FOES = ("spider",)
FAR = 99
WALKS = np.array(STEPS[1:])


class Forager:
    """Eats what the emptiest level of its body asks for, walks around harm, flees foes, and otherwise roams.

    It reads nothing but the observations ``(N, D)``, and keeps a heading per world.
    """

    def __init__(self, layout: Layout, n: int, seed: int = 0) -> None:
        self.layout = layout
        self._random = np.random.default_rng(seed)
        self._heading = self._random.integers(1, 5, n)
        self._middle = layout.view_shape[1] // 2
        self._levels = [level for level in layout.levels if level in FOOD]

    def act(self, obs: NDArray[np.uint8]) -> Numbers:
        """Return an action ``(N,)`` for each observation ``(N, D)``."""
        view = obs[:, self.layout.view].reshape(-1, *self.layout.view_shape) > 0
        hunger = self._hunger(obs)
        foes, harm = self._seen(view, FOES), self._seen(view, HARM)
        wanted = self._wanted(view, hunger)
        danger = harm | _spread(foes)
        action = np.where(wanted.any((1, 2)), self._towards(wanted, danger), self._roam(danger))
        action = np.where(wanted[:, self._middle, self._middle], CONSUME, action)
        action = np.where(self._weary(obs) & ~foes.any((1, 2)), REST, action)
        return np.where(self._near(foes), self._flee(foes, harm), action)

    def _level(self, obs: NDArray[np.uint8], name: str) -> NDArray[np.float64]:
        bits, start = self.layout.bits_per_level, self.layout.body.start
        first = start + self.layout.levels.index(name) * bits
        return np.asarray(obs[:, first : first + bits].mean(1))

    def _weary(self, obs: NDArray[np.uint8]) -> Mask:
        """Return who has little stamina left; nobody where bodies know none."""
        if "stamina" not in self.layout.levels:
            return np.zeros(len(obs), np.bool_)
        return self._level(obs, "stamina") < 0.15

    def _hunger(self, obs: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Return how far each level ``(levels, N)`` lies below enough."""
        return np.array([ENOUGH[name] - self._level(obs, name) for name in self._levels])

    def _seen(self, view: Mask, names: tuple[str, ...]) -> Mask:
        planes = [self.layout.planes.index(name) for name in names if name in self.layout.planes]
        return np.asarray(view[:, planes].any(1))

    def _wanted(self, view: Mask, hunger: NDArray[np.float64]) -> Mask:
        """Return where the most wanted food in sight is; nothing if the body has enough."""
        food = np.array([self._seen(view, (FOOD[name],)) for name in self._levels])
        in_sight = food.any((2, 3)) & (hunger > 0.0)
        first = np.where(in_sight, hunger, -1.0).argmax(0)
        rows = np.arange(len(view))
        return np.asarray(food[first, rows] & in_sight[first, rows, None, None])

    def _towards(self, wanted: Mask, danger: Mask) -> Numbers:
        """Return the first step of a shortest way to what is wanted, around danger."""
        length = np.where(wanted, 0, FAR)
        for _ in range(3 * self._middle):
            length = np.minimum(length, np.where(danger & ~wanted, FAR, 1 + _neighbours(length, FAR).min(0)))
        choices = self._beside(length)
        return np.where(choices.min(0) < FAR, 1 + choices.argmin(0), self._roam(danger))

    def _roam(self, danger: Mask) -> Numbers:
        """Keep walking one way until it is blocked, or the mood changes."""
        open_ways = ~self._beside(danger)
        rows = np.arange(len(self._heading))
        turn = ~open_ways[self._heading - 1, rows] | (self._random.random(len(rows)) < 0.03)
        fresh = 1 + (open_ways * self._random.random(open_ways.shape)).argmax(0)
        self._heading = np.where(turn, fresh, self._heading)
        return self._heading

    def _flee(self, foes: Mask, harm: Mask) -> Numbers:
        """Return the step that leads furthest from the nearest foe."""
        length = np.where(foes, 0, FAR)
        for _ in range(2 * self._middle):
            length = np.minimum(length, 1 + _neighbours(length, FAR).min(0))
        choices = np.where(self._beside(harm | foes), -1, self._beside(length))
        return np.asarray(1 + choices.argmax(0))

    def _near(self, foes: Mask) -> Mask:
        middle = slice(self._middle - 2, self._middle + 3)
        return np.asarray(foes[:, middle, middle].any((1, 2)))

    def _beside(self, grid: NDArray[Scalar]) -> NDArray[Scalar]:
        """Return the cells ``(4, N)`` that the walks lead to."""
        return np.array([grid[:, self._middle + row, self._middle + column] for row, column in WALKS])


def _neighbours(grid: Grid, beyond: int) -> Grid:
    """Return the four neighbours ``(4, N, V, V)`` of every cell."""
    padded = np.pad(grid, ((0, 0), (1, 1), (1, 1)), constant_values=beyond)
    side = grid.shape[1]
    return np.array([padded[:, 1 + row : 1 + row + side, 1 + column : 1 + column + side] for row, column in WALKS])


def _spread(mask: Mask) -> Mask:
    """Add to a mask the cells beside it."""
    return np.asarray(mask | (_neighbours(mask.astype(np.int64), 0).max(0) > 0))
