"""Targets of the assessors: vector TD(lambda) for the long heads, gated evidence for the short ones.

Row ``t`` holds the transition from ``obs_t``: its cumulants, and whether it terminated or truncated the episode.
Arrays are ``(T, N, K)``: T steps, N agents, K signals; flags are ``(T, N)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]


def successor_values(
    values: Floats, last_values: Floats, final_values: Floats, terminated: Bools, truncated: Bools
) -> Floats:
    """Return ``(T, N, K)`` the value of what follows each row.

    That is 0 where the episode terminated, the final observation's value where it was truncated (``final_values``
    ``(T, N, K)``, read only there), the next row's otherwise, and ``last_values`` ``(N, K)`` after the last row.
    """
    following = np.concatenate([values[1:], last_values[None]])
    following = np.where(truncated[..., None], final_values, following)
    return np.where(terminated[..., None], np.float32(0.0), following)


def lambda_returns(cumulants: Floats, successors: Floats, ended: Bools, gamma: Floats, lam: Floats) -> Floats:
    """Return the TD(lambda) targets ``(T, N, K)``, one discount and one trace decay ``(K,)`` per head.

    ``G_t = c_t + gamma * ((1 - lambda) * v_{t+1} + lambda * G_{t+1})``, cut to ``c_t + gamma * v_{t+1}`` where the
    episode ended and at the last row (Sutton and Barto 2018, equation 12.20; forward view). ``successors`` come from
    `successor_values`.
    """
    returns = np.empty_like(cumulants)
    following = successors[-1]
    for t in reversed(range(len(cumulants))):
        mixed = successors[t] + lam * (following - successors[t])
        returns[t] = cumulants[t] + gamma * np.where(ended[t][:, None], successors[t], mixed)
        following = returns[t]
    return returns


@dataclass(frozen=True)
class ShortTargets:
    """Targets of the short heads, ``(T, N, K)`` each."""

    target: Floats
    """Discounted first evidence within the horizon; 0 where there was none."""
    evidence: Bools
    """The window holds some truth that is not NaN."""
    complete: Bools
    """The window lies inside the rollout and no truncation cuts it: rows where it does not teach nothing."""

    def weights(self, unlearn: float = 0.0) -> Floats:
        """Return ``(T, N, K)`` loss weights: 1 with evidence, ``unlearn`` without, 0 where the window is not whole."""
        return np.where(self.complete, np.where(self.evidence, 1.0, unlearn), 0.0).astype(np.float32)


def short_targets(truth: Floats, terminated: Bools, truncated: Bools, horizon: NDArray[np.int64]) -> ShortTargets:
    """Return the gated targets of the short assessors, ``horizon`` ``(K,)`` in rows.

    With ``d`` the offset (from 1) of the first truth among the next ``horizon`` rows that is neither NaN nor 0, the
    target is ``(1 - 1 / horizon)**(d - 1) * truth``; else 0. Termination cuts the window; truncation leaves it
    unfinished. So does the end of the rollout, even behind a termination: to keep, of the last rows, those that
    terminated in time would teach that everything ends soon.
    """
    steps, n, k = truth.shape
    scan = _Backwards(n, k, fading=(1.0 - 1.0 / horizon).astype(np.float32))
    target, evidence, room = np.empty_like(truth), np.empty(truth.shape, bool), np.empty((steps, n))
    for t in reversed(range(steps)):
        scan.read(truth[t], terminated[t], truncated[t])
        near = scan.event_in <= horizon
        target[t] = np.where(near, scan.event, np.float32(0.0))
        evidence[t] = near | (scan.zero_in <= horizon)
        room[t] = scan.room
    room = np.minimum(room, np.arange(steps, 0, -1)[:, None])
    return ShortTargets(target, evidence, room[..., None] >= horizon)


@dataclass(frozen=True)
class Targets:
    """Targets of the heads for one rollout."""

    short: ShortTargets
    long: Floats
    """(T, N, K) TD(lambda) targets of the long heads."""


class _Backwards:
    """What lies ahead of a row, gathered while rows are read from the last to the first."""

    def __init__(self, n: int, k: int, fading: Floats):
        self.fading = fading
        self.event = np.zeros((n, k), np.float32)
        """The first truth ahead that is neither NaN nor 0, faded once per row,"""
        self.event_in = np.full((n, k), np.inf, np.float32)
        """and its offset in rows, counted from 1;"""
        self.zero_in = np.full((n, k), np.inf, np.float32)
        """the offset of the first truth that is 0;"""
        self.room = np.full(n, np.inf)
        """and how many rows there are until a truncation: infinite where none is known or termination comes first."""

    def read(self, truth: Floats, terminated: Bools, truncated: Bools) -> None:
        ended = (terminated | truncated)[:, None]
        zero = truth == 0.0
        event = ~np.isnan(truth) & ~zero
        self.event = np.where(event, truth, self.fading * self.event)
        self.event_in = np.where(event, 1.0, np.where(ended, np.inf, self.event_in + 1.0))
        self.zero_in = np.where(zero, 1.0, np.where(ended, np.inf, self.zero_in + 1.0))
        self.room = np.where(terminated, np.inf, np.where(truncated, 1.0, self.room + 1.0))


def tiled(columns: NDArray[Any], rows: NDArray[Any]) -> NDArray[Any]:
    """Return numbers ``(K,)`` as ``(N, K)``, one line per agent of ``rows`` ``(T, N, K)``, to reckon with all of them.

    NumPy takes many times longer where it has to begin anew every K numbers.
    """
    return np.tile(columns, (rows.shape[1], 1))
