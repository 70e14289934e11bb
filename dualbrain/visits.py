"""How often agents have met what they see, in bounded memory."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import numpy as np

from dualbrain.drive import Floats

MOST = 2**19
"""Observations remembered of all agents together, twice: some 110 MB."""
FEWEST = 1024
"""Observations remembered of each agent, however many agents there are."""


class Visits:
    """Counts, for each of ``n`` agents, how often it has met an observation, told by a hash of its bytes.

    Counts are exact while an agent has met fewer than ``remembered`` different observations (by default ``MOST`` shared
    among the agents, at least ``FEWEST`` for each). One that is not met again while as many others are is forgotten,
    and counts from 1 when it comes back; the log says so once. Continuous observations hardly ever come back.
    """

    def __init__(self, n: int, remembered: int | None = None):
        self.remembered = remembered or max(MOST // n, FEWEST)
        self._recent: list[dict[int, int]] = [{} for _ in range(n)]
        self._earlier: list[dict[int, int]] = [{} for _ in range(n)]
        self._warned = False

    def count(self, obs: Any, agents: Iterable[int]) -> Floats:
        """Count the observations ``(N, ...)`` of some ``agents``; return how often each has met its own ``(N,)``.

        It is 1 for the others.
        """
        visits = np.ones(len(self._recent), np.float32)
        for i in agents:
            visits[i] = self._meet(i, hash(_bytes(obs, i)))
        return visits

    def _meet(self, agent: int, key: int) -> int:
        recent = self._recent[agent]
        if key not in recent:
            if len(recent) >= self.remembered:
                recent = self._forget(agent)
            recent[key] = self._earlier[agent].get(key, 0)
        recent[key] += 1
        return recent[key]

    def _forget(self, agent: int) -> dict[int, int]:
        """Forget what was not met since the last time; return where to count from now on."""
        if not self._warned:
            logging.getLogger("dualbrain").warning(
                "sense 'visits': environment %d has met %s different observations; those that do not come back while "
                "as many others are met are forgotten from now on, and count from 1 again",
                agent,
                f"{self.remembered:,}",
            )
            self._warned = True
        self._earlier[agent], self._recent[agent] = self._recent[agent], {}
        return self._recent[agent]


def _bytes(obs: Any, i: int) -> bytes:
    if isinstance(obs, dict):
        return b"".join(np.ascontiguousarray(obs[key][i]).tobytes() for key in sorted(obs))
    return np.ascontiguousarray(obs[i]).tobytes()
