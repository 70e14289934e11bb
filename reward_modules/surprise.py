"""Surprise: an error of prediction is good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dualbrain.steering.field_senses import check_names, made_by_name, name_after, reads_fields, with_fixed
from dualbrain.steering.reward_module import Array, RewardModule, SignalValues, module_name
from dualbrain.steering.signal import Signal


@dataclass
class Surprise(RewardModule):
    """Prediction error: ``surprise = |felt - felt_predicted|``, worth ``bonus``; the sense ``felt`` itself, 0.

    Its own short assessor learns to expect ``felt``; a step's error is against what it expected the step before
    (Barto, Mirolli & Baldassarre, 2013, Front. Psychol. 4:907). What is learnt bores; what is random never does. Reads
    ``tasted_any`` ([0, 1]) and its own ``thought``; an episode's first step is unknown.
    """

    bonus: float = 0.1
    """Reward for the wholly unexpected; a negative one makes it shunned."""
    sense: str = "tasted_any"
    """Sense that it is surprised at, with range [0, 1]."""

    emits = (Signal("felt", horizon=1), Signal("surprise", horizon=5))

    def __post_init__(self) -> None:
        check_names("sense", self.sense)
        name_after(self, "sense", "surprise_")

    def bind(self, n: int) -> None:
        """Allocate the predictions of the step before."""
        self.expected = np.full(n, np.nan, np.float32)

    def reset(self, done: NDArray[np.bool_]) -> None:
        """Clear the predictions of episodes that ended."""
        self.expected[done] = np.nan

    @reads_fields
    def truth(self, sense: Array, thought: Mapping[str, Array]) -> SignalValues:
        """Compare what is felt with what was expected a step ago, and form the next expectation."""
        error = np.abs(sense - self.expected)
        self.expected = np.clip(thought[f"{module_name(self)}.felt"], 0.0, 1.0)
        return {"felt": sense, "surprise": error}

    def worth(self) -> SignalValues:
        """Return worths that are 0 for all signals but the error."""
        return {"felt": 0.0, "surprise": self.bonus}


@cache
def surprise_at(sense: str) -> type[Surprise]:
    """Return ``Surprise(sense=...)`` as a class, named ``surprise_`` and the sense.

    Its dotted path is ``reward_modules.surprise:voice`` for the sense ``voice``, which the command line takes too.
    """
    return with_fixed(Surprise, f"surprise_{sense}", sense, sense=sense)


__getattr__ = made_by_name(surprise_at, "Surprise", "surprise_at")
