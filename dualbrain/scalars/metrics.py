"""Metrics of predictions: ranking, calibration and explained variance, as pure functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.heads.targets import Bools, Floats, tiled

MOST_IN_A_BYTE = 255
AGENTS_AT_ONCE = 64
"""Agents whose rows are turned around together: what fits into a processor's cache is turned four times faster."""
NUMBERS_AT_ONCE = 2**16
"""Numbers that are reckoned with together, for the same reason."""
NEGLIGIBLE = 1e-10
"""Variance, relative to the mean square, below which a column counts as constant."""


def auroc(score: Floats, label: Bools) -> float:
    """Return the chance that a positive row's score exceeds a negative one's, ties counting half; both ``(R,)``.

    The area under the ROC curve, as Mann and Whitney's U (1947) by counting. NaN where one class is absent.

    >>> auroc(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, False, True, True]))
    0.875
    """
    return exceeding(score[label], score[~label])


def exceeding(positives: Floats, negatives: Floats) -> float:
    """Return the chance that one of ``positives`` ``(P,)`` exceeds one of ``negatives`` ``(Q,)``: see `auroc`."""
    if not (positives.size and negatives.size):
        return math.nan
    positives, negatives = np.sort(positives), np.sort(negatives)
    exceeded, reached = (np.searchsorted(negatives, positives, side).mean() for side in ("left", "right"))
    return float(exceeded + reached) / (2 * negatives.size)


def shuffled_auroc(score: Floats, label: Bools, rng: np.random.Generator) -> float:
    """Return the AUROC under permuted labels: a half, give or take chance, whatever the scores."""
    return auroc(score, rng.permutation(label))


def thin(label: Bools, most: int) -> NDArray[np.int64]:
    """Return the indices of at most ``most`` rows of each class of ``label`` ``(R,)``, evenly spaced.

    AUROC compares classes, so that thinning each by itself leaves its expectation alone, and rare events stay in.
    """
    return np.concatenate([spaced(np.flatnonzero(rows), most) for rows in (label, ~label)])


def spaced(indices: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Return at most ``most`` of the indices, evenly spaced."""
    if len(indices) <= most:
        return indices
    return indices[np.linspace(0, len(indices) - 1, most).astype(np.int64)]


@dataclass(frozen=True)
class Reliability:
    """Predictions and targets in bins; all ``(B,)``, NaN where a bin is empty."""

    counts: NDArray[np.int64]
    predicted: NDArray[np.float64]
    """Mean prediction in each bin,"""
    came: NDArray[np.float64]
    """and mean target."""

    @property
    def error(self) -> float:
        """The expected calibration error, ``sum_b n_b / R * |predicted_b - came_b|``, in [0, 1]; NaN without rows."""
        filled = self.counts > 0
        gaps = np.abs(self.predicted - self.came)[filled] * self.counts[filled]
        return float(gaps.sum() / self.counts.sum()) if filled.any() else math.nan


def reliability(probability: Floats, target: Floats, bins: int = 10) -> Reliability:
    """Return the reliability of probabilities for targets in [0, 1], both ``(R,)``, in equal bins of probability.

    Naeini et al. 2015. Each bin is closed below and open above, but for the last.
    """
    bin_of = np.clip((probability * bins).astype(np.int64), 0, bins - 1)
    counts = np.bincount(bin_of, minlength=bins)
    sums = [np.bincount(bin_of, weights=values, minlength=bins) for values in (probability, target)]
    predicted, came = (np.where(counts > 0, total / np.maximum(counts, 1), np.nan) for total in sums)
    return Reliability(counts, predicted, came)


def calibration_error(probability: Floats, target: Floats, bins: int = 10) -> float:
    """Return the expected calibration error of `reliability`; NaN without rows."""
    return reliability(probability, target, bins).error


@dataclass(frozen=True)
class Hits:
    """Hits and misses at each of M thresholds in [0, 1], evenly spaced; all ``(M,)``."""

    true_positives: NDArray[np.int64]
    false_positives: NDArray[np.int64]
    true_negatives: NDArray[np.int64]
    false_negatives: NDArray[np.int64]

    @property
    def precision(self) -> NDArray[np.float64]:
        """Share of alarms that were right; 0 where there was none."""
        return np.asarray(self.true_positives / np.maximum(self.true_positives + self.false_positives, 1))

    @property
    def recall(self) -> NDArray[np.float64]:
        """Share of events for which there was an alarm; 0 where there was no event."""
        return np.asarray(self.true_positives / np.maximum(self.true_positives + self.false_negatives, 1))


def hits(score: Floats, label: Bools, thresholds: int = 128) -> Hits:
    """Count hits and misses of scores in [0, 1] that reach a threshold; both arguments are ``(R,)``."""
    reached = np.clip((score * (thresholds - 1)).astype(np.int64), 0, thresholds - 1)
    both, came = (np.bincount(rows, minlength=thresholds) for rows in (reached, reached[np.flatnonzero(label)]))
    tp, fp = (counts[::-1].cumsum()[::-1] for counts in (came, both - came))
    return Hits(tp, fp, fp[0] - fp, tp[0] - tp)


def column_means(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return the means ``(K,)`` of ``(T, N, K)``."""
    means: NDArray[np.float64] = column_sums(values) / (values.shape[0] * values.shape[1])
    return means


def column_sums(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return the sums ``(K,)`` of ``(T, N, K)``, many times faster than NumPy's over both axes at once."""
    if values.dtype == bool:
        return _counts(values)
    total: NDArray[np.float64] = values.sum(axis=0).sum(axis=0, dtype=np.float64)
    return total


def _counts(flags: Bools) -> NDArray[np.float64]:
    """Count flags. Bytes are added up ten times faster than anything wider, as long as none runs over."""
    total = np.zeros(flags.shape[-1])
    for first in range(0, len(flags), MOST_IN_A_BYTE):
        some = flags[first : first + MOST_IN_A_BYTE].view(np.uint8)
        total += some.sum(axis=0, dtype=np.uint8).sum(axis=0, dtype=np.float64)
    return total


def known_sums(values: Floats) -> NDArray[np.float64]:
    """Return the sums ``(K,)`` of what is not NaN in ``(T, N, K)``.

    What is above 0 and what is below are added up apart, which needs no branch: choosing is six times slower.
    """
    zero = np.float32(0.0)
    return _sums(lambda some: np.fmax(some, zero), values) + _sums(lambda some: np.fmin(some, zero), values)


def column_sizes(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return the sums ``(K,)`` of the absolute numbers in ``(T, N, K)``."""
    return _sums(np.abs, values)


def _sums(make: Callable[[NDArray[Any]], NDArray[Any]], values: NDArray[Any]) -> NDArray[np.float64]:
    """Add up what is made of each number, a few rows at a time."""
    total = np.zeros(values.shape[1:], values.dtype)
    stride = max(NUMBERS_AT_ONCE // max(total.size, 1), 1)
    for first in range(0, len(values), stride):
        total += make(values[first : first + stride]).sum(axis=0)
    sums: NDArray[np.float64] = total.sum(axis=0, dtype=np.float64)
    return sums


def by_column(rows: NDArray[Any]) -> NDArray[Any]:
    """Return rows ``(T, N, K)`` as ``(K, N * T)``, agent by agent, so that one column is quick to look through."""
    steps, n, k = rows.shape
    laid = np.empty((k, n, steps), rows.dtype)
    for first in range(0, n, AGENTS_AT_ONCE):
        some = slice(first, first + AGENTS_AT_ONCE)
        laid[:, some] = rows[:, some].transpose(2, 1, 0)
    return laid.reshape(k, -1)


def explained_variance(prediction: Floats, target: Floats) -> NDArray[np.float64]:
    """Return ``1 - var(target - prediction) / var(target)`` per column: ``(T, N, K)`` to ``(K,)``.

    1 for a perfect prediction, 0 for a constant one, below 0 for a worse one; NaN where the target does not vary.
    """
    spread = _variance(target)
    varies = spread > NEGLIGIBLE * column_means(np.square(target))
    left = _variance(target - prediction) / np.where(varies, spread, 1.0)
    return np.where(varies, 1.0 - left, np.nan)


def _variance(values: Floats) -> NDArray[np.float64]:
    apart = values - tiled(column_means(values).astype(values.dtype), values)
    return column_means(np.square(apart, out=apart))
