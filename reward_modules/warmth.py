"""Warmth: warming is good in proportion to the cold of the body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Warmth(RewardModule):
    """Thermal comfort: ``warming = warmth - warmth_before``, worth ``(setpoint - warmth) / setpoint``.

    Whether heat pleases depends on the inner temperature (alliesthesia: Cabanac, 1971, Science 173:1103); as with
    hunger, its worth is ``-dD/dwarmth`` of ``D = (setpoint - warmth)**2 / (2 * setpoint)``, so that to cool down costs
    what to warm up pays. Reads ``warmth`` (share of full, [0, 1]); an episode's first step is unknown.
    """

    setpoint: float = 0.8
    """Warmth at which more of it is worth nothing, in (0, 1]."""

    emits = (Signal("warming", low=-1.0, horizon=5),)

    def bind(self, n: int) -> None:
        """Allocate the levels of the step before."""
        self.before = np.full(n, np.nan, np.float32)

    def reset(self, done: NDArray[np.bool_]) -> None:
        """Forget how warm it was."""
        self.before[done] = np.nan

    def truth(self, warmth: Array) -> SignalValues:
        """Report the change."""
        warming = warmth - self.before
        self.before = warmth.copy()
        return {"warming": warming}

    def worth(self, warmth: Array) -> SignalValues:
        """Return the worth by the lack of warmth: in [1 - 1/setpoint, 1]."""
        return {"warming": 1.0 - warmth / self.setpoint}
