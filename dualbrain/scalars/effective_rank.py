"""How many directions thoughts vary in, and how far: a cortex may collapse in either way."""

from __future__ import annotations

import numpy as np

from dualbrain.heads.targets import Floats


def effective_rank(thoughts: Floats) -> float:
    """Return the number of directions ``(R, Z)`` thoughts vary in, from 1 to Z; 0 where they do not vary at all.

    ``exp(-sum p log p)`` with p the shares of their squared singular values around the mean: the effective rank of
    Roy and Vetterli (2007, EUSIPCO), of their covariance. It does not depend on how far they vary: see `deviation`.

    >>> float(effective_rank(np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]]))).__round__(6)
    2.0
    """
    squared = np.square(np.linalg.svd(thoughts - thoughts.mean(axis=0), compute_uv=False).astype(np.float64))
    if not squared.sum():
        return 0.0
    share = squared[squared > 0] / squared.sum()
    return float(np.exp(-(share * np.log(share)).sum()))


def deviation(thoughts: Floats) -> float:
    """Return the standard deviation of thoughts ``(R, Z)``, a mean over their numbers."""
    return float(thoughts.std(axis=0).mean())
