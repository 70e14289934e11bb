"""Ranges of numeric settings, for the command line and its help, for files and for constructors."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from dualbrain.errors import UserError
from dualbrain.structured.annotations import kinds_of


@dataclass(frozen=True)
class Range:
    """The numbers from ``low`` to ``high``, for ``typing.Annotated[float, Range(0, 1)]`` and as argparse's ``type``.

    NaN is in no range, and True and False are no numbers. Where a ``whole`` number is meant, 64.0 and 1e5 are whole.

    >>> Range(0, 1).check(0.5, "gamma"), Range(1, whole=True).check(1e5, "n_steps")
    (0.5, 100000)
    >>> print(Range(1, 1024, whole=True))
    a whole number from 1 to 1,024
    """

    low: float = -math.inf
    high: float = math.inf
    whole: bool = False
    """Whether only whole numbers count."""
    above: bool = False
    """Whether ``low`` itself is left out."""
    finite: bool = True
    """Whether infinity is left out."""
    why: str = ""
    """The reason for an end, where it does not explain itself."""

    def check(self, value: Any, what: str) -> Any:
        """Return a number, as an `int` where it must be whole; raises `UserError` that ``what`` must be another."""
        wanted = self._wanted(value)
        if wanted:
            raise UserError(f"{what} must be {wanted}, not {value!r}")
        return int(value) if self.whole else value

    def _wanted(self, value: Any) -> str:
        """Return what a value is not, "" where it is in the range."""
        if isinstance(value, bool) or not isinstance(value, Real) or value != value:
            return str(self)
        return self._beyond(value)

    def _beyond(self, value: Any) -> str:
        exact = isinstance(value, Integral)
        if not exact and ((self.finite and math.isinf(value)) or (self.whole and not float(value).is_integer())):
            return str(self)
        if value < self.low or (self.above and value == self.low):
            return f"{'above' if self.above else 'at least'} {_written(self.low)}"
        return f"at most {_written(self.high)}{self._because}" if value > self.high else ""

    @property
    def _because(self) -> str:
        return f" ({self.why})" if self.why else ""

    def __call__(self, text: str) -> Any:
        """Read a number from the command line, where 100_000 and 1e5 are whole numbers too."""
        try:
            given = number(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"must be {self}, not '{text}'") from None
        wanted = self._wanted(given)
        if wanted:
            raise argparse.ArgumentTypeError(f"must be {wanted}, not {text}")
        return int(given) if self.whole else given

    def __str__(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        low = "" if self.low == -math.inf else f" {'above' if self.above else 'from'} {_written(self.low)}"
        to = ", at most" if self.above else " to"
        high = "" if self.high == math.inf else f"{to if low else ' up to'} {_written(self.high)}"
        if not (low or high or self.whole) and self.finite:
            kind = "a finite number"
        return f"{kind}{low}{high}{self._because}"


def number(text: str) -> int | float:
    """Read a number as Python writes it; raises `ValueError` for text that is none.

    >>> number("100_000"), number("3e-4")
    (100000, 0.0003)
    """
    try:
        return int(text)
    except ValueError:
        return float(text)


FINITE = Range()
SHARE = Range(0, 1)
SHARE_ABOVE_0 = Range(0, 1, above=True)
NOT_NEGATIVE = Range(0)
POSITIVE = Range(0, above=True)
THOUGHT_CAP = NOT_NEGATIVE
AT_LEAST_1 = Range(1, 2**31 - 1, whole=True)
SEED = Range(0, 2**32 - 1, whole=True)
STEPS = Range(1, 10**15, whole=True)
INTERVAL = Range(0, 10**15, whole=True)
EPISODES = Range(1, 1_000_000, whole=True)
WORLDS = Range(1, 1_000_000, whole=True, why="each of them takes memory")
ONE_BY_ONE = Range(1, 10_000, whole=True, why="each of these worlds is an object of its own")
THREADS = Range(1, 1024, whole=True)
PROCESSES = Range(1, 1024, whole=True)
RUNS = Range(1, 10_000, whole=True)
PICTURES = Range(0, 10_000, whole=True)
PORT = Range(1, 65535, whole=True)
SECONDS = Range(0, above=True)
SAVE_EVERY = Range(0)
CLIPPING = Range(0, above=True, finite=False)


def check_fields(thing: Any) -> None:
    """Check a dataclass's numbers against the ranges in its annotations; raises `UserError` naming the field.

    Whole numbers that came as 64.0 become integers. Call it in ``__post_init__``.
    """
    cls: Any = type(thing)
    for name, kind in _ranged(cls).items():
        value = getattr(thing, name)
        checked = _checked(kind, value, f"'{name}'")
        if checked is not value:
            object.__setattr__(thing, name, checked)


@cache
def _ranged(cls: Any) -> dict[str, Any]:
    """Return the annotations, by field, in which there is a range."""
    return {name: kind for name, kind in kinds_of(cls).items() if any(_ranges(kind))}


def _ranges(kind: Any) -> Iterator[Range]:
    if isinstance(kind, Range):
        yield kind
    for part in (*get_args(kind), *getattr(kind, "__metadata__", ())):
        yield from _ranges(part)


def _checked(kind: Any, value: Any, what: str) -> Any:
    if get_origin(kind) is Annotated:
        for range_ in (each for each in kind.__metadata__ if isinstance(each, Range)):
            value = range_.check(value, what)
        return value
    if get_origin(kind) in (Union, UnionType) and NoneType in get_args(kind):
        (some,) = (part for part in get_args(kind) if part is not NoneType)
        return None if value is None else _checked(some, value, what)
    if get_origin(kind) is dict and isinstance(value, Mapping):
        for key, entry in value.items():
            _checked(get_args(kind)[1], entry, f"{what}: '{key}'")
    return value


def _written(end: float) -> str:
    return f"{int(end):,}" if end == int(end) else f"{end:g}"
