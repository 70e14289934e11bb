"""Find names in a design that may be misread, such as names of outcomes that are read as stimuli."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence

from dualbrain.chamber.notation import is_name
from dualbrain.errors import UserError
from dualbrain.structured.ranges import FINITE

CUSTOMARY = frozenset({"US", "us", "shock", "footshock", "airpuff", "puff", "pain", "punishment", "reward", "food"})
CUSTOMARY |= {"pellet", "pellets", "water", "juice", "milk", "sucrose", "sugar", "drink", "money"}
"""What experiments use as outcomes."""
NOTHING = frozenset({"nothing", "none", "no", "omission", "omitted", "blank", "gap", "pause", "rest", "iti", "wait"})
"""Words for a time in which nothing is there."""
ALIKE = 0.8
"""Likeness, as `difflib` has it, from which on a name may be a slip of the pen."""


def check_signals(signals: Mapping[str, Mapping[str, float]], given: Sequence[str]) -> None:
    """Check what is predicted, by signal, and the names of signals as they were given.

    Raises `UserError` for a signal that is given twice or that predicts nothing.
    """
    for name in sorted(signals):
        if [*given].count(name) > 1:
            raise UserError(f"'{name}' is named twice in what is predicted")
        if not signals[name]:
            raise UserError(f"the signal '{name}' predicts nothing: write what, as in {{'{name}': {{'US': 1.0}}}}")


def parts_of(what: str, example: str, parts: Mapping[str, float]) -> dict[str, float]:
    """Return factors by name; raises `UserError` for what is no mapping, and for one that is no finite number."""
    if not isinstance(parts, Mapping):
        raise UserError(f"{what} must be names and factors, as in {{'{example}': 1.0}}, not {parts!r}")
    return {name: FINITE.check(factor, f"{what}: the factor of '{name}'") for name, factor in parts.items()}


def check_writable(outcomes: Iterable[str]) -> None:
    """Raise `UserError` for an outcome whose name cannot be written in a design, so that it would never come."""
    for name in outcomes:
        if not is_name(name):
            near = f": write '{name.lower()}'" if is_name(name.lower()) else ""
            valid = "outcomes are US, a capital, or a word in lower case"
            raise UserError(f"'{name}' cannot be written in a design{near}; {valid}")


def check_names(names: Iterable[str], outcomes: Collection[str]) -> None:
    """Warn of stimuli that look like outcomes; ``outcomes`` are the names that are predicted.

    Raises `UserError` for one that differs from an outcome in capitals only.
    """
    for name in names:
        if name in outcomes:
            continue
        for outcome in outcomes:
            if name.lower() == outcome.lower():
                raise UserError(f"'{name}' would be a stimulus: the outcome is written '{outcome}'")
        doubt = _doubt(name, outcomes)
        if doubt:
            warnings.warn(
                f"'{name}' is read as a stimulus, which is perceived, not as an outcome: {doubt}", stacklevel=5
            )


def _doubt(name: str, outcomes: Collection[str]) -> str:
    """Return what else a name may have meant; "" if there is no doubt."""
    near = difflib.get_close_matches(name, [outcome for outcome in outcomes if len(outcome) > 3], 1, ALIKE)
    if near:
        return f"did you mean '{near[0]}'?"
    if name in NOTHING:
        return "a gap is written _, as in A:5>_:2, and a trial without an outcome A:5"
    if name in CUSTOMARY:
        return f"this animal predicts {', '.join(sorted(outcomes))}; outcomes are named by predicts=('{name}',)"
    return ""
