"""Find events in rollouts, and the steps around them within the same episode.

Arrays are ``(S,)`` or ``(S, K)``: S steps, one episode after another, of a rollout or of a recording.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from dualbrain.heads.targets import Bools
from dualbrain.scalars.metrics import by_column

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Timeline:
    """Which step belongs to which episode."""

    episode: Indices
    """(S,) numbers that never fall."""
    begins: Bools
    """(S,) whether an episode begins with this step. Of one that was under way, the first step does not say so."""
    lived: Bools | None = None
    """(N, T) of a rollout: whose agent was there; None where all were."""

    @classmethod
    def of_rollout(cls, starts: NDArray[Any], present: Bools) -> Self:
        """Lay a rollout out; ``starts`` and ``present`` are ``(T, N)``: where episodes begin, whose agent was there."""
        begins = starts.T.astype(bool)
        first = begins.copy()
        first[:, 0] = True
        episode = first.ravel().cumsum()
        if present.all():
            return cls(episode, begins.ravel())
        lived = np.ascontiguousarray(present.T)
        return cls(episode[lived.ravel()], begins[lived], lived)

    @classmethod
    def of_table(cls, table: Mapping[str, NDArray[Any]]) -> Self:
        """Take the steps of a recording's table as they stand: see `dualbrain.episodes.record`."""
        return cls(table["episode"], table["time"] == 0)

    def lay(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Return the rows of a rollout ``(T, N, ...)`` as ``(S, ...)``."""
        laid = rows.swapaxes(0, 1)
        return laid.reshape(-1, *rows.shape[2:]) if self.lived is None else laid[self.lived]

    def columns(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Return the rows of a rollout ``(T, N, K)`` as ``(K, S)``: each column of them by itself."""
        laid = by_column(rows)
        return laid if self.lived is None else laid[:, self.lived.ravel()]

    def onsets(self, event: Bools) -> Indices:
        """Return the steps ``(E,)`` at which an event begins, given ``(S,)`` whether it is there.

        An event that is there in an episode's first step begins there. Of one that is there when a rollout begins in
        the middle of an episode the step before is unknown.

        >>> Timeline(np.array([0, 0, 0, 1, 1]), np.array([0, 0, 0, 1, 0]) > 0).onsets(np.array([1, 0, 1, 1, 1]) > 0)
        array([2, 3])
        """
        rises = event & self.begins
        rises[1:] |= event[1:] & ~event[:-1] & (self.episode[1:] == self.episode[:-1])
        return np.flatnonzero(rises)

    def around(self, values: NDArray[Any], onsets: Indices, before: int, after: int) -> NDArray[np.float32]:
        """Return ``values`` ``(S, ...)`` from ``before`` steps before each onset to ``after`` steps after it.

        That is ``(E, W, ...)``, W being ``before + 1 + after``. NaN where the episode, or what is known of it, had not
        begun or had ended.
        """
        steps = onsets[:, None] + np.arange(-before, after + 1)
        there = (steps >= 0) & (steps < len(self.episode))
        steps = np.where(there, steps, onsets[:, None])
        there &= self.episode[steps] == self.episode[onsets][:, None]
        found: NDArray[np.float32] = values[steps].astype(np.float32, copy=False)
        found[~there] = np.nan
        return found


@dataclass(frozen=True)
class Average:
    """Averages around events."""

    mean: NDArray[np.float64]
    """(W, ...) over the events of which that step is known; NaN where it is of none."""
    sem: NDArray[np.float64]
    """(W, ...) standard error of that mean, with n - 1; NaN where it is known of fewer than two."""
    events: int
    """How many were averaged."""


def average(windows: NDArray[np.float32]) -> Average:
    """Average over events: ``(E, W, ...)`` to ``(W, ...)``."""
    known = ~np.isnan(windows)
    n = known.sum(axis=0, dtype=np.int32)
    filled = np.where(known, windows, np.float32(0.0))
    mean = filled.sum(axis=0, dtype=np.float64) / np.maximum(n, 1)
    filled -= mean.astype(np.float32)
    filled *= known
    variance = np.einsum("e...,e...->...", filled, filled) / np.maximum(n - 1, 1)
    sem = np.where(n > 1, np.sqrt(variance / np.maximum(n, 1)), np.nan)
    return Average(np.where(n > 0, mean, np.nan), sem, len(windows))
