"""Safety margin: a skittering thing close by is bad, and for some steps after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class SafetyMargin(RewardModule):
    """Threat imminence: ``breach = max(skittering, breach_before - 1 / recovery)``, worth ``-scale``.

    Anxiety grows as a threat draws near (Mobbs et al., 2007, Science 317:1079) and outlasts it: the margin is lost at
    once and won back slowly. Unlike `Flinch` it is paid for every step, always knows, and moves nothing by itself.
    Reads ``skittering`` (1 beside the agent, 0.5 at two cells, else 0).
    """

    scale: float = 0.1
    """Cost of one step without any margin."""
    recovery: int = 10
    """Steps in which a margin wholly lost is won back; at least 1."""

    emits = (Signal("breach", horizon=5),)

    def bind(self, n: int) -> None:
        """Begin in safety."""
        self.breach = np.zeros(n, np.float32)

    def reset(self, done: NDArray[np.bool_]) -> None:
        """Clear the state of episodes that ended."""
        self.breach[done] = 0.0

    def truth(self, skittering: Array) -> SignalValues:
        """Report how much of the margin is lost."""
        self.breach = np.maximum(skittering, self.breach - np.float32(1.0 / self.recovery))
        return {"breach": self.breach.copy()}

    def worth(self) -> SignalValues:
        """Return the worth, negative in every state of the body."""
        return {"breach": -self.scale}
