"""Names in a design that may have been meant otherwise than the chamber reads them."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Collection, Iterable

from dualbrain.errors import UserError

CUSTOMARY = frozenset({"US", "us", "shock", "footshock", "airpuff", "puff", "pain", "punishment", "reward", "food"})
CUSTOMARY |= {"pellet", "pellets", "water", "juice", "milk", "sucrose", "sugar", "drink", "money"}
"""What experiments use as outcomes."""
ALIKE = 0.8
"""Likeness, as `difflib` has it, from which on a name may be a slip of the pen."""


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
    if name in CUSTOMARY:
        return f"this animal predicts {', '.join(sorted(outcomes))}; outcomes are named by predicts=('{name}',)"
    return ""
