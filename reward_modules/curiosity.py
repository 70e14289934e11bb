"""Curiosity: an improvement of predictions is good (learning progress)."""

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
class Curiosity(RewardModule):
    """Learning progress: ``progress = right - right_predicted, right = 1 - |felt - felt_predicted|``, worth ``bonus``.

    Two short assessors of its own learn to expect the watched sense ``felt``, and how right that will be, here; to be
    more right than one used to be is the reward, so that neither the familiar nor mere noise holds one (Schmidhuber,
    1991, Proc. IJCNN 2:1458; Oudeyer & Kaplan, 2007, Front. Neurorobot. 1:6). A step's predictions are those of the
    step before. Reads ``sense`` and its own ``thought``; an episode's first step is unknown.
    """

    bonus: float = 0.1
    """Reward for being right where one used to be wrong."""
    sense: str = "tasted_any"
    """Sense that it is curious about, with range [0, 1]."""

    emits = (Signal("felt", horizon=1), Signal("right", horizon=1), Signal("progress", low=-1.0, horizon=5))

    def __post_init__(self) -> None:
        check_names("sense", self.sense)
        name_after(self, "sense", "curiosity_")

    def bind(self, n: int) -> None:
        """Allocate the predictions of the step before."""
        self.felt, self.right = np.full((2, n), np.nan, np.float32)

    def reset(self, done: NDArray[np.bool_]) -> None:
        """Clear the predictions of episodes that ended."""
        self.felt[done] = self.right[done] = np.nan

    @reads_fields
    def truth(self, sense: Array, thought: Mapping[str, Array]) -> SignalValues:
        """Compare what is felt, and how right one was, with what was expected a step ago."""
        right = 1.0 - np.abs(sense - self.felt)
        progress = right - self.right
        name = module_name(self)
        self.felt, self.right = (np.clip(thought[f"{name}.{signal}"], 0.0, 1.0) for signal in ("felt", "right"))
        return {"felt": sense, "right": right, "progress": progress}

    def worth(self) -> SignalValues:
        """Return worths that are 0 for all signals but progress."""
        return {"felt": 0.0, "right": 0.0, "progress": self.bonus}


@cache
def curiosity_about(sense: str) -> type[Curiosity]:
    """Return ``Curiosity(sense=...)`` as a class, named ``curiosity_`` and the sense.

    Its dotted path is ``reward_modules.curiosity:voice`` for the sense ``voice``, which the command line takes too.
    """
    return with_fixed(Curiosity, f"curiosity_{sense}", sense, sense=sense)


__getattr__ = made_by_name(curiosity_about, "Curiosity", "curiosity_about")
