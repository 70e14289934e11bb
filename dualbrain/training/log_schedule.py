"""Schedule scalars and pictures, so that a long run's event file stays small.

Pictures are made a few times in a run, more closely at its beginning, where more changes.
"""

from __future__ import annotations

import numpy as np

PICTURES = 8
"""Times per run at which pictures are made, unless said otherwise; TensorBoard keeps 10 per tag."""
MOST_WRITES = 2000
"""Times per run at which scalars are written, at most: with 16 signals they then take less than 50 MB."""


def log_interval(rollouts: int) -> int:
    """Return of how many rollouts scalars are put together, in a run of so many.

    >>> log_interval(1999), log_interval(10_000)
    (1, 5)
    """
    return max(-(-rollouts // MOST_WRITES), 1)


def picture_rollouts(rollouts: int, pictures: int = PICTURES) -> frozenset[int]:
    """Return at most ``pictures`` of the rollouts 1 to ``rollouts``, evenly spaced in logarithm, the last included.

    >>> sorted(picture_rollouts(1000, 4))
    [1, 10, 100, 1000]
    >>> sorted(picture_rollouts(1000, 1))
    [1000]
    >>> sorted(picture_rollouts(3, 10))
    [1, 2, 3]
    """
    if rollouts < 1 or pictures < 1:
        return frozenset()
    if pictures >= rollouts:
        return frozenset(range(1, rollouts + 1))
    return frozenset(np.geomspace(rollouts, 1, pictures).round().astype(int).tolist())
