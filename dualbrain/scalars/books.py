"""Accumulate the data of the audit: reward shares, episode returns, and series of them over a training run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from dualbrain.heads.targets import Bools, Floats
from dualbrain.scalars.metrics import column_sizes

TAKEN_OVER = 0.9
"""Share of all reward from which on one signal, of two or more that have a weight, has taken over."""
MOST_ROWS = 256
"""Rows kept of a training run: beyond that, neighbours are merged."""

Figures = NDArray[np.float64]


class Paid(Protocol):
    """The arrays of a rollout that the audit reads."""

    @property
    def from_truth(self) -> Floats:
        """Reward from truths, ``(T, N, K)``."""

    @property
    def from_thought(self) -> Floats:
        """Reward from predictions, ``(T, N, K)``."""


class RewardShares(NamedTuple):
    """Sums of the absolute rewards of K signals, which do not cancel."""

    truth: Figures
    """(K,)"""
    thought: Figures
    """(K,)"""

    @classmethod
    def of(cls, rollout: Paid) -> RewardShares:
        """Add up a rollout."""
        return cls(column_sizes(rollout.from_truth), column_sizes(rollout.from_thought))

    @property
    def shares(self) -> Figures:
        """(K,) adding up to 1; NaN where nothing was paid."""
        shares: Figures = _ratio(self.truth + self.thought, self.truth.sum() + self.thought.sum())
        return shares

    @property
    def by_thought(self) -> float:
        """Share of the reward from predictions; NaN without any reward."""
        return float(_ratio(self.thought.sum(), self.truth.sum() + self.thought.sum()))

    def largest(self, weights: Mapping[str, float]) -> str | None:
        """Return the signal that has taken over, if one has: another with a weight must be there to compete.

        ``weights`` are those of the K signals by full name.
        """
        rivals = sum(weight != 0.0 for weight in weights.values())
        taken = [name for name, share in zip(weights, self.shares, strict=True) if share > TAKEN_OVER]
        return taken[0] if taken and rivals > 1 else None


class ReturnMoments(NamedTuple):
    """Moments of the returns of some rollouts' episodes: count, sums of returns and of their squares."""

    episodes: float
    innate: float
    innate_squares: float
    world: float
    world_squares: float

    @classmethod
    def of(cls, episodes: Figures) -> ReturnMoments:
        """Add up episodes ``(E, 2)``: innate and world's return of each."""
        (innate, world), (innate_squares, world_squares) = episodes.sum(0), np.square(episodes).sum(0)
        return cls(len(episodes), float(innate), float(innate_squares), float(world), float(world_squares))

    @property
    def means(self) -> tuple[float, float]:
        """Mean innate and world's return of an episode; NaN without episodes."""
        return float(_ratio(self.innate, self.episodes)), float(_ratio(self.world, self.episodes))

    @property
    def variances(self) -> tuple[float, float]:
        """Variance of the innate and of the world's return."""
        squares = (self.innate_squares, self.world_squares)
        innate, world = (max(s / self.episodes - mean**2, 0.0) for s, mean in zip(squares, self.means, strict=True))
        return innate, world


class EpisodeReturns:
    """Returns of the episodes that end: innate reward beside the world's score.

    ``starts`` ``(N,)`` marks the agents whose next step is the first of an episode; of the others the episode under way
    is left out.
    """

    def __init__(self, starts: Bools):
        self._whole = starts.astype(bool)
        self._sums = np.zeros((2, len(starts)))
        self._ended: list[Figures] = []

    def step(self, innate: NDArray[Any], world: NDArray[Any], dones: Bools, present: Bools) -> None:
        """Add a step of N agents; each argument is ``(N,)``."""
        self._sums[0] += np.where(present, innate, 0.0)
        self._sums[1] += np.where(present, world, 0.0)
        ended = np.flatnonzero(dones)
        if len(ended):
            self._ended.append(self._sums[:, ended[self._whole[ended]]].T)
            self._whole[ended] = True
            self._sums[:, ended] = 0.0

    def state_dict(self) -> dict[str, Any]:
        """Return the episodes under way, and those that ended since last asked."""
        return {"whole": self._whole.copy(), "sums": self._sums.copy(), "ended": list(self._ended)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put back what `state_dict` returned; raises `ValueError` where it is of other agents."""
        self._whole[:], self._sums[:] = state["whole"], state["sums"]
        self._ended = [np.asarray(ended, np.float64).reshape(-1, 2) for ended in state["ended"]]

    def take(self) -> ReturnMoments:
        """Return those that ended since last asked."""
        ended, self._ended = self._ended, []
        return ReturnMoments.of(np.concatenate([np.zeros((0, 2)), *ended]))


class DownsampledSeries:
    """Rows of numbers, one per rollout, of which any block can be added up; long tracks grow coarser."""

    def __init__(self) -> None:
        self._totals: list[Figures] = []
        self._stride, self._filled = 1, 0

    def add(self, row: Figures) -> None:
        """Append a row."""
        before = self._totals[-1] if self._totals else np.zeros_like(row)
        if self._filled:
            self._totals[-1] = before + row
        else:
            self._totals.append(before + row)
        self._filled = (self._filled + 1) % self._stride
        if len(self._totals) >= MOST_ROWS and not self._filled:
            self._totals, self._stride = self._totals[1::2], 2 * self._stride

    def __len__(self) -> int:
        return len(self._totals)

    def is_whole(self) -> bool:
        """Return whether it is what `add` makes: one that was read from a file may be anything."""
        rows = self._totals if isinstance(self._totals, list) else [None]
        shapes = {row.shape if isinstance(row, np.ndarray) and row.dtype.kind == "f" else None for row in rows}
        counts = type(self._stride) is int and type(self._filled) is int and 0 <= self._filled < self._stride
        return counts and len(shapes) <= 1 and all(shape is not None and len(shape) == 1 for shape in shapes)

    def sum(self, first: int, end: int) -> Figures:
        """Return the sum of rows ``first`` to ``end - 1``."""
        before = self._totals[first - 1] if first else np.zeros_like(self._totals[0])
        return self._totals[end - 1] - before

    def quarters(self) -> list[Figures]:
        """Return the sums of four blocks, as nearly equal as can be; of fewer than four rows they overlap."""
        edges = np.linspace(0, len(self), 5).round().astype(int).tolist()
        ends = [max(edge, 1) for edge in edges[1:]]
        return [self.sum(min(first, end - 1), end) for first, end in zip(edges[:-1], ends, strict=True)]


def _ratio(part: Any, whole: float) -> Any:
    return part / whole if whole > 0 else part * math.nan
