"""Check saved arrays, possibly from a stranger's file, against those that they replace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.errors import UserError, unknown

Entries = dict[str, NDArray[Any]]
"""A state: plain arrays by name."""


def fitting(state: Mapping[str, Any], like: Mapping[str, NDArray[Any]], whose: str) -> Entries:
    """Return copies of the arrays of a state, each of the shape and dtype of its namesake in ``like``.

    Raises `UserError` for a name that is missing or not known, a wrong shape or dtype, and flags that are neither
    True nor False.

    >>> fitting({"clok": np.zeros(2)}, {"clock": np.zeros(2)}, "Forage")
    Traceback (most recent call last):
    dualbrain.errors.UserError: unknown entry 'clok' (in the state of Forage): did you mean 'clock'? Valid: clock
    """
    for name in state:
        if name not in like:
            raise unknown("entry", str(name), like, f" (in the state of {whose})")
    for name in like:
        if name not in state:
            raise UserError(f"the state of {whose} lacks '{name}'")
    return {name: _fitting(state[name], wanted, f"'{name}' in the state of {whose}") for name, wanted in like.items()}


def _fitting(given: Any, wanted: NDArray[Any], which: str) -> NDArray[Any]:
    kind = f"{wanted.dtype} of shape {wanted.shape}"
    if not isinstance(given, np.ndarray):
        raise UserError(f"{which} must be an array, {kind}, not {type(given).__name__}")
    if given.shape != wanted.shape or given.dtype != wanted.dtype:
        raise UserError(f"{which} must be {kind}, not {given.dtype} of shape {given.shape}")
    copy = np.array(given, order="C", subok=False)
    if copy.dtype == np.bool_ and (copy.view(np.uint8) > 1).any():
        raise UserError(f"{which} must hold True and False only")
    return copy
