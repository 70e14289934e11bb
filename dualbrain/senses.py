"""Senses: the named innate measurements that a world offers and reward modules read."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Sense:
    """One innate measurement: a float32 per agent and step."""

    name: str
    low: float = -math.inf
    high: float = math.inf
    unit: str = ""
    meaning: str = ""


EXTRINSIC_REWARD = Sense("extrinsic_reward", unit="score", meaning="the world's own reward for this step")
VISITS = Sense("visits", 1.0, math.inf, "count", "how often this agent has met this observation, this time included")


def by_name(senses: Iterable[Sense]) -> dict[str, Sense]:
    """Index senses by name.

    >>> list(by_name([EXTRINSIC_REWARD, VISITS]))
    ['extrinsic_reward', 'visits']
    """
    return {sense.name: sense for sense in senses}
