"""Compute a statistic of samples over seeds, with its 95 % bootstrap interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap

Samples = NDArray[np.float64]
RESAMPLES = 10_000


@dataclass(frozen=True)
class Interval:
    """A statistic and its 95 % percentile bootstrap interval."""

    value: float
    low: float = np.nan
    high: float = np.nan
    """NaN, both, where the interval is undefined: some sample has one member only, or the statistic is not finite."""

    @property
    def known(self) -> bool:
        """Whether there is an interval."""
        return bool(np.isfinite(self.low) and np.isfinite(self.high))

    @property
    def varies(self) -> bool:
        """Whether the interval has a width: it has none where all members of every sample are equal."""
        return self.known and self.low < self.high

    @property
    def excludes_zero(self) -> bool:
        """Whether 0 lies outside of an interval that has a width."""
        return self.varies and not self.low <= 0.0 <= self.high


def bootstrap_interval(statistic: Callable[..., Any], *samples: Samples) -> Interval:
    """Return a statistic of independent samples, each ``(S,)``; members are drawn anew within each sample.

    ``statistic(*samples, axis=-1)`` must be vectorised. The interval is the percentile one (Efron and Tibshirani 1993,
    chapter 13): with few members it is somewhat too narrow. The same samples give the same interval.

    >>> bootstrap_interval(np.mean, np.array([2.0, 2.0, 2.0]))
    Interval(value=2.0, low=2.0, high=2.0)
    >>> bootstrap_interval(np.mean, np.array([2.0]))
    Interval(value=2.0, low=nan, high=nan)
    """
    value = float(statistic(*samples, axis=-1))
    if min(len(sample) for sample in samples) < 2 or not np.isfinite(value):
        return Interval(value)
    if all(np.ptp(sample) == 0.0 for sample in samples):
        return Interval(value, value, value)
    rng = np.random.default_rng(0)
    drawn = bootstrap(samples, statistic, n_resamples=RESAMPLES, method="percentile", vectorized=True, rng=rng)
    low, high = drawn.confidence_interval
    return Interval(value, float(low), float(high))


def difference(one: Samples, other: Samples, axis: int = -1) -> Any:
    """Return by how much the mean of the other is more.

    >>> float(difference(np.array([1.0, 2.0]), np.array([4.0])))
    2.5
    """
    return np.mean(other, axis=axis) - np.mean(one, axis=axis)
