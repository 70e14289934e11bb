"""Find the valid name that a misspelt one is close to."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

MOST_ERRORS = 3
"""Typing errors in a name that is still recognised."""
SHORTEST_BEGINNING, MOST = 3, 0.6
"""Characters of a beginning that stands for a whole name, and share of a name that two have to share."""


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """Return the valid name that ``name`` was probably meant to be, or None where none is near.

    Near is the same name in another case, one that takes a typing error per three characters (at most three errors),
    one of the same letters, or else one that begins with ``name``, or as it does for most of its length. Of several the
    nearest counts, and of those the first in the alphabet.

    >>> nearest("hungre", ["flinch", "hunger"]), nearest("SuperMario", ["Humanoid"])
    ('hunger', None)
    """
    folded = name.casefold()
    ranked = [(_rank(folded, choice.casefold()), choice) for choice in valid]
    near = [(rank, choice) for rank, choice in ranked if rank is not None]
    return min(near)[1] if near else None


def _rank(name: str, choice: str) -> int | None:
    """Return how far ``choice`` is from ``name``, 0 for the same; None where it is not near."""
    allowed = min(max(len(name), len(choice)) // 3, MOST_ERRORS)
    if abs(len(name) - len(choice)) <= allowed and (errors := errors_between(name, choice)) <= allowed:
        return errors
    if len(name) >= SHORTEST_BEGINNING and sorted(name) == sorted(choice):
        return MOST_ERRORS
    shared = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(name, choice, strict=False)))
    begins = shared == len(name) or shared >= MOST * max(len(name), len(choice))
    return MOST_ERRORS + len(choice) - shared if begins and shared >= SHORTEST_BEGINNING else None


def errors_between(name: str, other: str) -> int:
    """Count the typing errors between two names: letters added, left out, replaced or swapped with the next.

    That is the Damerau-Levenshtein distance in which no part is edited twice (optimal string alignment).

    >>> errors_between("wrie", "wire"), errors_between("frq", "freq"), errors_between("tao", "tau")
    (1, 1, 1)
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(name, start=1):
        before, last, row = row, before, [i]
        for j, theirs in enumerate(other, start=1):
            errors = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != theirs))
            if i > 1 and j > 1 and letter == other[j - 2] and name[i - 2] == theirs:
                errors = min(errors, last[j - 2] + 1)
            row.append(errors)
    return row[-1]
