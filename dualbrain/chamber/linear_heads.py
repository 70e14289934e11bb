"""Linear heads on given features: their weights, which make room for new features."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dualbrain.chamber.associability import Associability

Floats = NDArray[np.float64]


class LinearHeads:
    """K linear heads on features of width Z, which is 0 at first."""

    associability: Associability | None
    weights: Floats
    """(K, Z)"""

    def widen(self, width: int) -> None:
        """Make room for features up to ``width``; nothing is known of new ones."""
        if width > self.weights.shape[1]:
            self.weights = np.pad(self.weights, ((0, 0), (0, width - self.weights.shape[1])))
        if self.associability:
            self.associability.widen(width)
