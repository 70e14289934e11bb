"""Check the ranges of the numbers in a declaration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FOREVER = 10**9
"""Greatest duration, distance and count: the clocks of the engine hold it."""

LIMITS: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("start", "comfort"), (0.0, 1.0)),
    **dict.fromkeys(("chance", "honesty", "speed", "wander", "kin", "mishap", "meal", "calm"), (0.0, 1.0)),
    **dict.fromkeys(("pain", "sting"), (0.0, 1.0)),
    **dict.fromkeys(("relation", "likes"), (-1.0, 1.0)),
    **dict.fromkeys(("delay", "regrow", "patience", "cooldown", "pause", "ache", "stuns"), (0, FOREVER)),
    **dict.fromkeys(("count", "reach", "notice", "clearance", "earshot", "carries"), (0, FOREVER)),
    "lingers": (1, FOREVER),
}
"""Least and greatest value of a field, by its name, in whichever part it is; of each value where there are several."""
PAIRS = ("start", "comfort", "regrow")
"""Fields that hold a least and a greatest value."""


@runtime_checkable
class Named(Protocol):
    """A part that others refer to by its name."""

    name: str


def problems_of(part: DataclassInstance) -> Iterator[tuple[str, bool]]:
    """Yield what could be wrong with the numbers of a part of a world, and whether it is."""
    name = part.name if isinstance(part, Named) else type(part).__name__.lower()
    for field in fields(part):
        value = getattr(part, field.name)
        if field.name in LIMITS and value is not None:
            low, high = LIMITS[field.name]
            found = not all(low <= number <= high for number in _numbers(value))
            yield f"{field.name} of {name} must lie in {low:g} to {high:g}, not {value}", found
        if field.name in PAIRS and value is not None:
            yield f"{field.name} of {name} must be a least and a greatest value, not {value}", not _is_pair(value)


def named_twice(what: str, names: Iterable[str]) -> tuple[str, bool]:
    """Return what is wrong if a name is there twice, and whether one is."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    return f"two {what} are named '{''.join(twice[:1])}'", bool(twice)


def _numbers(value: Any) -> Iterable[float]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, tuple) else (value,)


def _is_pair(value: tuple[float, ...]) -> bool:
    return len(value) == 2 and value[0] <= value[1]
