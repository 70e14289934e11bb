"""Curiosity: an improvement of predictions is good (learning progress)."""

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
class Curiosity(RewardModule):
    """Learning progress: ``progress = right - right_predicted, right = 1 - |felt - felt_predicted|``, worth ``bonus``.

    Two short assessors of its own learn to expect the watched sense ``felt``, and how right that will be, here; to be
    more right than one used to be is the reward, so that neither the familiar nor mere noise holds one (Schmidhuber,
    1991, Proc. IJCNN 2:1458; Oudeyer & Kaplan, 2007, Front. Neurorobot. 1:6). A step's predictions are those of the
    step before. Reads ``tasted_any`` ([0, 1]) and its own ``thought``; an episode's first step is unknown.
    """

    bonus: float = 0.1
    """Reward for being right where one used to be wrong."""

    emits = (Signal("felt", horizon=1), Signal("right", horizon=1), Signal("progress", low=-1.0, horizon=5))

    def start(self, n: int) -> None:
        """Expect nothing in particular."""
        self.felt, self.right = np.full((2, n), np.nan, np.float32)

    def reset(self, done: NDArray[np.bool_]) -> None:
        """Drop what was expected of the episode that ended."""
        self.felt[done] = self.right[done] = np.nan

    def truth(self, tasted_any: Array, thought: Mapping[str, Array]) -> SignalValues:
        """Compare what is felt, and how right one was, with what was expected a step ago."""
        right = 1.0 - np.abs(tasted_any - self.felt)
        progress = right - self.right
        name = module_name(self)
        self.felt, self.right = (np.clip(thought[f"{name}.{signal}"], 0.0, 1.0) for signal in ("felt", "right"))
        return {"felt": tasted_any, "right": right, "progress": progress}

    def worth(self) -> SignalValues:
        """Pay for progress alone."""
        return {"felt": 0.0, "right": 0.0, "progress": self.bonus}


@cache
def curiosity_about(sense: str) -> type[Curiosity]:
    """Return the drive `Curiosity` about another sense with range [0, 1], named ``curiosity_`` and the sense.

    As a dotted path, ``reward_modules.curiosity:voice`` is ``curiosity_about("voice")``.
    """
    body = {"__module__": __name__, "__qualname__": sense, "__doc__": f"Curiosity about ``{sense}``."}
    return type(f"curiosity_{sense}", (Curiosity,), body | {"truth": reading(Curiosity.truth, sense, THOUGHT)})


def __getattr__(name: str) -> Any:
    if name.startswith(("_", "pytest")):
        raise AttributeError(name)
    return curiosity_about(name)
