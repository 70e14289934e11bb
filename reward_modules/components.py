"""Component: pay one component of a world's vector reward."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from dualbrain.steering.reward_module import Array, RewardModule, SignalValues, reading
from dualbrain.steering.signal import Signal


@cache
def component(sense: str) -> type[RewardModule]:
    """Return the drive of one sense: ``reward`` is what it says, any finite number, worth 1.

    With one such drive for each component of a vector reward (Roijers et al., 2013, JAIR 48:67), the weights of the
    steering subsystem are those of the objectives, and each has a long assessor of its own. The drive is called like
    the sense. As a dotted path, ``reward_modules.components:treasure`` is ``component("treasure")``.
    """

    def truth(self: RewardModule, felt: Array) -> SignalValues:  # noqa: ARG001
        return {"reward": felt}

    body = {
        "__doc__": f"The component ``{sense}`` of the world's reward.",
        "__module__": __name__,
        "emits": (Signal("reward", low=-math.inf, high=math.inf, horizon=1),),
        "truth": reading(truth, sense),
    }
    return type(sense, (RewardModule,), body)


def __getattr__(name: str) -> Any:
    # Tools that inspect a module (doctest does) ask for names that are no senses.
    if name.startswith(("_", "pytest")):
        raise AttributeError(name)
    return component(name)
