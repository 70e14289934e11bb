"""Statistics of the agents in one world: of each agent, of each brain, and of all together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.heads.targets import Bools

Figures = NDArray[np.float64]


class PopulationStats:
    """Accumulates scores, lengths and presence of the M agents of every world; the score is the world's own reward.

    ``brains`` names the agents that each brain moves. A world's episode lasts until the last of its agents has
    ended its own, and is counted then, with the episodes of agents that died before.
    """

    def __init__(self, n_rows: int, n_agents: int, brains: Mapping[str, Sequence[int]]):
        self._n_agents = n_agents
        self._groups = {f"agent/{agent}": [agent] for agent in range(n_agents)}
        self._groups |= {f"brain/{name}": list(agents) for name, agents in brains.items()}
        self._score, self._length = np.zeros(n_rows), np.zeros(n_rows)
        self._survived = np.zeros(n_rows)
        self._forget()

    def _forget(self) -> None:
        self._there, self.steps = np.zeros(self._n_agents), 0
        self._episodes: list[Figures] = []

    def begin(self) -> None:
        """Start anew, as all worlds do."""
        self._score[:] = self._length[:] = self._survived[:] = 0.0
        self._forget()

    def step(self, scores: NDArray[Any], present: Bools, dones: Bools, truncated: Bools) -> None:
        """Count a step of all worlds; each argument is ``(N,)``, row ``w * M + a`` being agent ``a`` of world ``w``."""
        self._score += np.where(present, scores, 0.0)
        self._length += present
        self._survived += truncated
        self._there += present.reshape(-1, self._n_agents).mean(axis=0)
        self.steps += 1
        if dones.any():
            going_on = (present & ~dones).reshape(-1, self._n_agents)
            self._close(np.asarray(~going_on.any(axis=1)))

    def _close(self, over: Bools) -> None:
        """Keep the episodes of the worlds ``(W,)`` that are over, ``(E, M, 3)``, and clear their counts."""
        columns = [counts.reshape(-1, self._n_agents) for counts in (self._score, self._length, self._survived)]
        self._episodes.append(np.stack([column[over] for column in columns], axis=-1))
        for column in columns:
            column[over] = 0.0

    def read(self) -> dict[str, float]:
        """Return the figures by key (`docs/inspect.md` explains each), and forget what was counted.

        Keys that are undefined, since no episode has ended, are left out.
        """
        steps, there = max(self.steps, 1), self._there
        figures = {f"{group}.present": float(there[agents].mean() / steps) for group, agents in self._groups.items()}
        if any(len(episodes) for episodes in self._episodes):
            figures |= self._lives(*np.moveaxis(np.concatenate(self._episodes), -1, 0))
        self._forget()
        return {key: value for key, value in figures.items() if np.isfinite(value)}

    def _lives(self, score: Figures, length: Figures, survived: Figures) -> dict[str, float]:
        """Return the figures of E episodes of M agents; each argument is ``(E, M)``."""
        figures = {}
        for group, agents in self._groups.items():
            figures[f"{group}.return"] = float(score[:, agents].mean())
            figures[f"{group}.length"] = float(length[:, agents].mean())
        equal = equality(score)
        return {
            **figures,
            "society/efficiency": float(score.sum(axis=1).mean()),
            "society/equality": float(equal[np.isfinite(equal)].mean()) if np.isfinite(equal).any() else np.nan,
            "society/survival": float(survived.mean()),
        }


def equality(returns: Figures) -> Figures:
    """Return 1 minus the Gini coefficient of each row: ``(E, M)`` to ``(E,)``, 1 where all got the same.

    ``1 - sum_ij |R_i - R_j| / (2 M sum_i R_i)`` (Perolat et al. 2017, arXiv:1707.06600). NaN where some return
    is negative or all are 0: shares of the sum are undefined then.

    >>> equality(np.array([[2.0, 2.0], [4.0, 0.0], [0.0, 0.0]])).tolist()
    [1.0, 0.5, nan]
    """
    total = returns.sum(axis=1)
    apart = np.abs(returns[:, :, None] - returns[:, None, :]).sum(axis=(1, 2))
    defined = (returns >= 0.0).all(axis=1) & (total > 0.0)
    return np.where(defined, 1.0 - apart / np.where(defined, 2 * returns.shape[1] * total, 1.0), np.nan)
