"""Surprise: an error of prediction is good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.steering.reward_module import THOUGHT, Array, RewardModule, SignalValues, module_name, reading
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

    emits = (Signal("felt", horizon=1), Signal("surprise", horizon=5))

    def start(self, n: int) -> None:
        """Expect nothing in particular."""
        self.expected = np.full(n, np.nan, np.float32)

    def reset(self, done: NDArray[np.bool_]) -> None:
        """Drop what was expected of the episode that ended."""
        self.expected[done] = np.nan

    def truth(self, tasted_any: Array, thought: Mapping[str, Array]) -> SignalValues:
        """Compare what is felt with what was expected a step ago, and form the next expectation."""
        error = np.abs(tasted_any - self.expected)
        self.expected = np.clip(thought[f"{module_name(self)}.felt"], 0.0, 1.0)
        return {"felt": tasted_any, "surprise": error}

    def worth(self) -> SignalValues:
        """Pay for the error alone."""
        return {"felt": 0.0, "surprise": self.bonus}


@cache
def surprise_at(sense: str) -> type[Surprise]:
    """Return the drive `Surprise` about another sense with range [0, 1], named ``surprise_`` and the sense.

    As a dotted path, ``reward_modules.surprise:voice`` is ``surprise_at("voice")``.
    """
    body = {"__module__": __name__, "__qualname__": sense, "__doc__": f"Surprise at ``{sense}``."}
    return type(f"surprise_{sense}", (Surprise,), body | {"truth": reading(Surprise.truth, sense, THOUGHT)})


def __getattr__(name: str) -> Any:
    if name.startswith(("_", "pytest")):
        raise AttributeError(name)
    return surprise_at(name)
