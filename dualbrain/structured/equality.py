"""Compare two settings of any type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


def equal(one: Any, other: Any) -> bool:
    """Return whether two values are the same and of the same kind: arrays by value, NaN like NaN, tuples unlike lists.

    >>> equal({"a": (1, float("nan"))}, {"a": (1, float("nan"))}), equal([1], (1,)), equal(True, 1), equal(1, 1.0)
    (True, False, False, True)
    """
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return _equal_arrays(one, other)
    if type(one) in (int, float) and type(other) in (int, float):
        return bool(one == other or (one != one and other != other))
    if type(one) is not type(other):
        return False
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(equal, one, other))
    if is_dataclass(one) and not isinstance(one, type):
        return all(equal(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))
    return bool(one is other or one == other or (isinstance(one, np.generic) and one != one and other != other))


def _equal_arrays(one: Any, other: Any) -> bool:
    if type(one) is not type(other) or one.dtype != other.dtype or one.shape != other.shape:
        return False
    return equal(one.tolist(), other.tolist())
