"""How well thoughts were imagined: skill against rivals that imagine nothing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating[Any]]
AHEAD = (1, 5, 15)
"""Steps ahead at which what is imagined is judged and shown."""


def skill_against(rival: Numbers, imagined: Numbers, came: Numbers) -> float:
    """Return by how much less imagined thoughts ``(R, Z)`` err than a rival's: ``1 - MSE(imagined) / MSE(rival)``.

    ``came`` are the thoughts that came. 1 is perfect, 0 as good as the rival, below 0 worse. NaN where the rival makes
    no error, and without rows. (Murphy 1988, Monthly Weather Review 116:2417, "skill score".)

    >>> skill_against(np.zeros((1, 2)), np.array([[0.5, 0.5]]), np.ones((1, 2)))
    0.75
    """
    errors = [float(np.square(guess - came, dtype=np.float64).sum()) for guess in (imagined, rival)]
    return 1.0 - errors[0] / errors[1] if errors[1] else math.nan
