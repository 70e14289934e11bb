"""Compare learning algorithms: each condition once under every one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dualbrain.compare.study import Condition
from dualbrain.errors import UserError

ALGO = "--algo"


def by_algorithm(conditions: Sequence[Condition], algorithms: Sequence[str]) -> list[Condition]:
    """Return each condition under each algorithm; without conditions, one for each algorithm under its own default.

    Raises `UserError` where there is nothing to compare, and for a condition that names an algorithm of its own.

    >>> [each.name for each in by_algorithm([Condition("fed", ("--modules", "hunger"))], ["dqn", "ppo"])]
    ['fed-dqn', 'fed-ppo']
    """
    if len(algorithms) < 2:
        if not conditions:
            raise UserError("nothing to compare: give --condition NAME=STEERING, or several algorithms to --algo")
        return list(conditions)
    for condition in conditions:
        if ALGO in condition.arguments:
            raise UserError(f"the condition '{condition.name}' cannot have {ALGO}: the comparison has several")
    if not conditions:
        return [Condition(_short(name), (ALGO, name)) for name in algorithms]
    return [
        replace(condition, name=f"{condition.name}-{_short(name)}", arguments=(*condition.arguments, ALGO, name))
        for condition in conditions
        for name in algorithms
    ]


def _short(algorithm: str) -> str:
    """Return a name that can name a folder: of a dotted path, that of the class."""
    return algorithm.rpartition(":")[2]
