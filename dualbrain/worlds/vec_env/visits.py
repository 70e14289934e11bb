"""Count how often agents have met each observation, in bounded memory."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, chain, pairwise
from typing import Any

import google_crc32c
import numpy as np
from numpy.typing import NDArray

from dualbrain.errors import UserError
from dualbrain.steering.bound_module import Floats

MOST = 2**19
"""Observations remembered of all agents together, twice: some 110 MB."""
FEWEST = 1024
"""Observations remembered of each agent, however many agents there are."""
COUNTABLE = 2**53
"""Counts that are put back are below this: what is added to them still fits into 64 bits."""

Counts = dict[int, int]
"""How often each observation was met, by its fingerprint."""
State = dict[str, NDArray[Any]]
"""The counts of all agents, as `Visits.state_dict` describes them."""
DTYPES = {"keys": np.uint64, "counts": np.int64, "lengths": np.int64, "warned": np.bool_}


class Visits:
    """Counts, for each of ``n`` agents, how often it has met an observation, identified by a hash of its bytes.

    Counts are exact while an agent has met fewer than ``remembered`` different observations (by default ``MOST`` shared
    among the agents, at least ``FEWEST`` for each). One that is not met again while as many others are is forgotten,
    and counts from 1 when it comes back; the log says so once. Continuous observations hardly ever come back.
    """

    def __init__(self, n: int, remembered: int | None = None):
        self.remembered = remembered or max(MOST // n, FEWEST)
        self._recent: list[Counts] = [{} for _ in range(n)]
        self._earlier: list[Counts] = [{} for _ in range(n)]
        self._warned = False

    def count(self, obs: Any, agents: Iterable[int]) -> Floats:
        """Count the observations ``(N, ...)`` of some ``agents``; return how often each has met its own ``(N,)``.

        It is 1 for the others.
        """
        visits = [1] * len(self._recent)
        parts = [np.asarray(obs[key]) for key in sorted(obs)] if isinstance(obs, dict) else [np.asarray(obs)]
        only = parts[0] if len(parts) == 1 else None
        for i in agents:
            met = b"".join([part[i].tobytes() for part in parts]) if only is None else only[i].tobytes()
            visits[i] = self.meet(i, met)
        return np.array(visits, np.float32)

    def meet(self, agent: int, observation: bytes) -> int:
        """Count one observation of one agent; return how often it has met it."""
        recent, key = self._recent[agent], fingerprint(observation)
        count = recent.get(key)
        if count is None:
            if len(recent) >= self.remembered:
                recent = self._forget(agent)
            count = self._earlier[agent].get(key, 0)
        recent[key] = count = count + 1
        return count

    def state_dict(self) -> State:
        """Return what has been counted, as arrays of its own.

        ``keys`` (uint64) and ``counts`` (int64), both ``(M,)``, are those of every agent's recent observations, one
        agent after the other, then of its earlier ones; ``lengths`` ``(2, n)`` (int64) says how many are whose.
        ``warned`` ``()`` is whether the log has said that some are forgotten.
        """
        counted = [*self._recent, *self._earlier]
        lengths = np.array([len(counts) for counts in counted], np.int64).reshape(2, -1)
        total = int(lengths.sum())
        return {
            "keys": np.fromiter(chain.from_iterable(counted), np.uint64, total),
            "counts": np.fromiter(chain.from_iterable(counts.values() for counts in counted), np.int64, total),
            "lengths": lengths,
            "warned": np.array(self._warned),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put back what `state_dict` returned, in whatever process; raises `UserError` for what does not fit.

        What is refused changes nothing.
        """
        n = len(self._recent)
        arrays = _arrays(state, n, self.remembered)
        counted = list(_unpacked(arrays))
        self._recent, self._earlier = counted[:n], counted[n:]
        self._warned = bool(arrays["warned"])

    def _forget(self, agent: int) -> Counts:
        """Forget observations that were not met since the last time; return where to count from now on."""
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


def fingerprint(data: bytes) -> int:
    """Return 64 bits that tell ``data`` from other bytes, the same in every process and on every platform.

    Two checksums of 32 bits whose polynomials share no factor are one of 64: Python's own hash differs from process to
    process, and a cryptographic one takes as long as all the rest of counting.

    >>> hex(fingerprint(b"123456789"))
    '0xe3069283cbf43926'
    """
    castagnoli: int = google_crc32c.value(data)
    return castagnoli << 32 | zlib.crc32(data)


def _arrays(state: Any, n: int, remembered: int) -> State:
    """Return the arrays of a state of ``n`` agents, of each at most ``remembered`` observations twice, or raise."""
    if not isinstance(state, Mapping) or state.keys() != DTYPES.keys():
        given = list(state) if isinstance(state, Mapping) else type(state).__name__
        raise UserError(f"counted visits must be a dict of {', '.join(DTYPES)}, not {given!r:.60}")
    lengths = _array(state, "lengths", (2, n))
    if ((lengths < 0) | (lengths > remembered)).any():
        raise UserError(f"counted visits: 'lengths' must be 0 to {remembered:,}")
    total = int(lengths.sum())
    keys, counts = _array(state, "keys", (total,)), _array(state, "counts", (total,))
    if ((counts < 1) | (counts >= COUNTABLE)).any():
        raise UserError("counted visits: 'counts' must be 1 to 2**53 - 1")
    return {"keys": keys, "counts": counts, "lengths": lengths, "warned": _array(state, "warned")}


def _array(state: Mapping[str, Any], name: str, shape: tuple[int, ...] = ()) -> NDArray[Any]:
    value, dtype = state[name], np.dtype(DTYPES[name])
    if not isinstance(value, np.ndarray) or value.dtype != dtype or value.shape != shape:
        given = f"{value.dtype!s:.60} {value.shape}" if isinstance(value, np.ndarray) else type(value).__name__
        raise UserError(f"counted visits: '{name}' must be an array of {dtype} {shape}, not {given}")
    return np.asarray(value)


def _unpacked(arrays: State) -> Iterator[Counts]:
    """Yield the counts of every agent, recent ones and then earlier ones; raises `UserError` for a key twice."""
    for start, end in pairwise(accumulate(arrays["lengths"].ravel().tolist(), initial=0)):
        counts = dict(zip(arrays["keys"][start:end].tolist(), arrays["counts"][start:end].tolist(), strict=True))
        if len(counts) != end - start:
            raise UserError("counted visits: 'keys' has an observation of an agent twice")
        yield counts
