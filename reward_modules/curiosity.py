"""Curiosity: not the unknown is interesting, but what one is just getting to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.module import THOUGHT, Array, Emitted, RewardModule, module_name, reading
from dualbrain.signal import Signal


@dataclass
class Curiosity(RewardModule):
    """Learning progress: ``progress = slow - fast``, two running means of ``|felt - felt_predicted|``; worth ``bonus``.

    The fall of the prediction error, not the error itself, is the reward, so that neither the familiar nor mere noise
    holds one (Schmidhuber, 1991, Proc. IJCNN 2:1458; Oudeyer & Kaplan, 2007, Front. Neurorobot. 1:6). Its own short
    assessor learns to expect ``felt``, the watched sense, worth 0. Means are over this episode, from its second step
    on, so that to leave what is noise looks like learning too. Reads ``tasted_any`` ([0, 1]) and its own ``thought``.
    """

    bonus: float = 1.0
    """Reward for a fall of the error from 1 to 0."""
    fast: float = 0.1
    """Weight of the newest error in the fast mean, in (0, 1]."""
    slow: float = 0.02
    """Weight of the newest error in the slow mean, in (0, fast)."""

    emits = (Signal("felt", horizon=1), Signal("progress", low=-1.0, horizon=5))

    def start(self, n: int) -> None:
        """Expect nothing, and have erred never."""
        self.expected, self.lately, self.before = np.full((3, n), np.nan, np.float32)

    def reset(self, done: NDArray[np.bool_]) -> None:
        """Begin anew."""
        self.expected[done] = self.lately[done] = self.before[done] = np.nan

    def truth(self, tasted_any: Array, thought: Mapping[str, Array]) -> Emitted:
        """Compare the error of late with that of before."""
        error = np.abs(tasted_any - self.expected)
        self.lately, self.before = _mean(self.lately, error, self.fast), _mean(self.before, error, self.slow)
        self.expected = np.clip(thought[f"{module_name(self)}.felt"], 0.0, 1.0)
        return {"felt": tasted_any, "progress": self.before - self.lately}

    def worth(self) -> Emitted:
        """Pay for progress alone."""
        return {"felt": 0.0, "progress": self.bonus}


def _mean(mean: Array, error: Array, share: float) -> Array:
    """Return the running mean with one more error; the first one is the mean."""
    return np.where(np.isnan(mean), error, mean + np.float32(share) * (error - mean))


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
