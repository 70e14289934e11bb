"""How well something was foreseen: ranking, calibration and explained variance, as pure functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.returns import Bools, Floats

NEGLIGIBLE = 1e-10
"""Variance, relative to the mean square, below which a column counts as constant."""


def auroc(score: Floats, label: Bools) -> float:
    """Return the chance that a positive row's score exceeds a negative one's, ties counting half; both ``(R,)``.

    The area under the ROC curve, as Mann and Whitney's U (1947) by counting. NaN where one class is absent.

    >>> auroc(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, False, True, True]))
    0.875
    """
    positives, negatives = np.sort(score[label]), np.sort(score[~label])
    if not (positives.size and negatives.size):
        return math.nan
    exceeded, reached = (np.searchsorted(negatives, positives, side).mean() for side in ("left", "right"))
    return float(exceeded + reached) / (2 * negatives.size)


def shuffled_auroc(score: Floats, label: Bools, rng: np.random.Generator) -> float:
    """Return the AUROC under permuted labels: a half, give or take chance, whatever the scores."""
    return auroc(score, rng.permutation(label))


def thin(label: Bools, most: int) -> NDArray[np.int64]:
    """Return the indices of at most ``most`` rows of each class of ``label`` ``(R,)``, evenly spaced.

    AUROC compares classes, so that thinning each by itself leaves its expectation alone, and rare events stay in.
    """
    return np.concatenate([_spaced(np.flatnonzero(rows), most) for rows in (label, ~label)])


def _spaced(indices: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    if len(indices) <= most:
        return indices
    return indices[np.linspace(0, len(indices) - 1, most).astype(np.int64)]


def calibration_error(probability: Floats, target: Floats, bins: int = 10) -> float:
    """Return the expected calibration error, in [0, 1], of probabilities for targets in [0, 1]; both ``(R,)``.

    ``sum_b n_b / R * |mean probability - mean target|`` over ``bins`` equal bins of probability (Naeini et al. 2015).
    NaN without rows.
    """
    if not probability.size:
        return math.nan
    bin_of = np.clip((probability * bins).astype(np.int64), 0, bins - 1)
    gap = np.bincount(bin_of, weights=probability - target, minlength=bins)
    return float(np.abs(gap).sum() / probability.size)


def column_means(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return the means ``(K,)`` of ``(T, N, K)``."""
    means: NDArray[np.float64] = column_sums(values) / (values.shape[0] * values.shape[1])
    return means


def column_sums(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return the sums ``(K,)`` of ``(T, N, K)``, many times faster than NumPy's over both axes at once."""
    total: NDArray[np.float64] = values.sum(axis=0).sum(axis=0, dtype=np.float64)
    return total


def explained_variance(prediction: Floats, target: Floats) -> NDArray[np.float64]:
    """Return ``1 - var(target - prediction) / var(target)`` per column: ``(T, N, K)`` to ``(K,)``.

    1 for a perfect prediction, 0 for a constant one, below 0 for a worse one; NaN where the target does not vary.
    """
    spread = _variance(target)
    varies = spread > NEGLIGIBLE * column_means(np.square(target))
    left = _variance(target - prediction) / np.where(varies, spread, 1.0)
    return np.where(varies, 1.0 - left, np.nan)


def _variance(values: Floats) -> NDArray[np.float64]:
    return column_means(np.square(values - column_means(values).astype(values.dtype)))
