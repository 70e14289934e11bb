"""The error that contract checks raise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np


class ContractError(AssertionError):
    """A part does not keep its contract: one line says which, where and how."""


def require(kept: bool, breach: str) -> None:
    """Raise `ContractError` unless the contract is kept."""
    if not kept:
        raise ContractError(breach)


@contextmanager
def blaming(who: str) -> Iterator[None]:
    """Turn any exception in a block into a `ContractError` of one line that names the part."""
    try:
        yield
    except ContractError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())
        raise ContractError(f"{who}: {type(error).__name__}: {reason}") from error


def equal(value: Any, other: Any) -> bool:
    """Compare observations and infos to the bottom, NaN equal to itself."""
    if _same_bytes(value, other):
        return True
    if isinstance(value, Mapping):
        same_keys = isinstance(other, Mapping) and value.keys() == other.keys()
        return same_keys and all(equal(value[key], other[key]) for key in value)
    if is_sequence(value):
        return len(value) == len(other) and all(map(equal, value, other))
    return bool(np.array_equal(value, other, equal_nan=np.asarray(value).dtype.kind in "fc"))


def _same_bytes(value: Any, other: Any) -> bool:
    """Return whether two arrays have the same bytes: a fast test that is nearly always enough."""
    if not (isinstance(value, np.ndarray | np.generic) and type(value) is type(other)) or value.dtype.hasobject:
        return False
    return value.dtype == other.dtype and value.shape == other.shape and value.tobytes() == other.tobytes()


def is_sequence(thing: Any) -> bool:
    """Return whether a thing holds others in order."""
    return isinstance(thing, list | tuple) or (isinstance(thing, np.ndarray) and thing.dtype == object)
