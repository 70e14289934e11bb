"""Component: pay one component of a world's vector reward."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from dualbrain.steering.field_senses import check_names, made_by_name, name_after, reads_fields, with_fixed
from dualbrain.steering.reward_module import Array, RewardModule, SignalValues
from dualbrain.steering.signal import Signal


@dataclass
class Component(RewardModule):
    """One sense as it is: ``reward = sense``, any finite number, worth 1; it is named like the sense.

    With one such drive for each component of a vector reward (Roijers et al., 2013, JAIR 48:67), the weights of the
    steering subsystem are those of the objectives, and each has a long assessor of its own.
    """

    sense: str
    """Sense that it pays."""

    emits = (Signal("reward", low=-math.inf, high=math.inf, horizon=1),)

    def __post_init__(self) -> None:
        check_names("sense", self.sense)
        name_after(self, "sense")

    @reads_fields
    def truth(self, sense: Array) -> SignalValues:
        """Report the component."""
        return {"reward": sense}


@cache
def component(sense: str) -> type[RewardModule]:
    """Return ``Component(sense)`` as a class, named like the sense.

    Its dotted path is ``reward_modules.components:treasure`` for the sense ``treasure``, which the command line takes
    too.
    """
    return with_fixed(Component, sense, sense, sense=sense)


__getattr__ = made_by_name(component, "Component")
