"""Assign episodes to agents, and collect lengths and scores; episodes that do not end are cut off."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.heads.targets import Bools


class EpisodeQuota:
    """The quotas of N agents that play E episodes together; the first agents play one more where N does not divide E.

    An episode is cut off after ``max_steps``. A `VecEnv` cannot reset one of its worlds alone, so an agent that was cut
    off waits until its episode ends by itself, or all worlds are reset: see `stuck`.
    """

    def __init__(self, n: int, episodes: int, max_steps: int):
        self.left = np.full(n, episodes // n) + (np.arange(n) < episodes % n)
        self._max_steps = max_steps
        self.length, self.score = np.zeros(n, np.int64), np.zeros(n)
        self._idle = np.zeros(n, np.int64)
        self._waits = np.zeros(n, bool)
        self._whole = np.zeros(n, np.int64)
        self._ended: list[tuple[NDArray[np.int64], NDArray[np.float64], Bools]] = []
        self._counting: list[Bools] = []

    def __len__(self) -> int:
        """Return how many steps were taken."""
        return len(self._counting)

    @property
    def stuck(self) -> bool:
        """Whether no agent can continue before all worlds are reset."""
        return bool(self._waits[self.left > 0].all())

    def reset(self) -> None:
        """Let all agents continue after a reset of all worlds."""
        self._waits[:] = False

    def begin(self, present: Bools) -> Bools:
        """Return ``(N,)`` whose step counts: it was there, and its share is not yet played."""
        counts = (self.left > 0) & present & ~self._waits
        self._counting.append(counts)
        return counts

    def cut(self, dones: Bools) -> Bools:
        """Return ``(N,)`` whose episode is cut off after the step that `begin` has begun."""
        counts = self._counting[-1]
        return counts & ~dones & (self.length + counts >= self._max_steps)

    def step(self, rewards: NDArray[Any], dones: Bools, cut: Bools) -> None:
        """Count a step of all agents that took part in it."""
        counts = self._counting[-1]
        self.length += counts
        self.score += np.where(counts, rewards, 0.0)
        ended = (dones | cut) & counts
        self._ended.append((self.length[ended], self.score[ended], cut[ended]))
        self.left -= ended
        self._whole[ended] = len(self)
        self._waits = (self._waits | cut) & ~dones
        self.length[ended], self.score[ended] = 0, 0.0
        self._give_up(counts | self._waits)

    def _give_up(self, busy: Bools) -> None:
        """Drop the remaining quota of agents that have been absent for the longest possible episode."""
        self._idle = np.where(busy, 0, self._idle + 1)
        self.left[self._idle >= self._max_steps] = 0

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(E,) steps, in the order in which episodes ended."""
        return np.concatenate([np.zeros(0, np.int64), *(lengths for lengths, _, _ in self._ended)])

    @property
    def scores(self) -> NDArray[np.float64]:
        """(E,) the world's own rewards, added up, in the same order."""
        return np.concatenate([np.zeros(0), *(scores for _, scores, _ in self._ended)])

    @property
    def cut_off(self) -> Bools:
        """(E,) whether the episode was cut off, in the same order."""
        return np.concatenate([np.zeros(0, bool), *(cut for _, _, cut in self._ended)])

    @property
    def counting(self) -> Bools:
        """(T, N) steps that belong to an episode that counts."""
        counting = np.array(self._counting, bool).reshape(-1, len(self.left))
        return counting & (np.arange(len(counting))[:, None] < self._whole)
