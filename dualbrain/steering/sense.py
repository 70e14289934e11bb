"""Senses: the named innate measurements that a world offers and reward modules read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dualbrain.errors import UserError


@dataclass(frozen=True)
class Sense:
    """One innate measurement: a float32 per agent and step."""

    name: str
    low: float = -math.inf
    high: float = math.inf
    unit: str = ""
    meaning: str = ""
    optional: bool = False
    """Whether it may be NaN, where there is nothing to sense; otherwise NaN is an error of the world's."""


EXTRINSIC_REWARD = Sense("extrinsic_reward", unit="score", meaning="the world's own reward for this step")
VISITS = Sense("visits", 1.0, math.inf, "count", "how often this agent has met this observation, this time included")


def by_name(senses: Iterable[Sense]) -> dict[str, Sense]:
    """Index senses by name.

    >>> list(by_name([EXTRINSIC_REWARD, VISITS]))
    ['extrinsic_reward', 'visits']
    """
    return {sense.name: sense for sense in senses}


DOUBT = Sense(
    "doubt",
    0.0,
    1.0,
    "share",
    "share of earlier views in which the least familiar thing near was more familiar than now",
)
DOUBTED = Sense("doubted", 0.0, 65535.0, "kind", "number of the least familiar kind of cell near the body")
OF_DOUBT = by_name([DOUBT, DOUBTED])
"""What every world with a view of bits offers, if a drive reads it."""


def declared(senses: Any, who: str) -> dict[str, Sense]:
    """Return what a world states under ``senses``, by name; raises `UserError` where that are no `Sense` objects.

    >>> declared(["hit"], "Boxing-v0")
    Traceback (most recent call last):
    dualbrain.errors.UserError: the senses of Boxing-v0 must be a dict such as {'hit': Sense('hit')}, not ['hit']
    """
    offered = senses.values() if isinstance(senses, Mapping) else senses
    listed = [*offered] if isinstance(offered, Iterable) else [offered]
    if not all(isinstance(sense, Sense) for sense in listed):
        raise UserError(f"the senses of {who} must be a dict such as {{'hit': Sense('hit')}}, not {_short(senses)}")
    named = by_name(listed)
    if isinstance(senses, Mapping) and [*named] != [*senses]:
        raise UserError(f"the senses of {who} are called {', '.join(named)}, but their dict has {_short([*senses])}")
    return named


def _short(thing: Any) -> str:
    return " ".join(repr(thing).split())[:60]
