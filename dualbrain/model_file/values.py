"""Convert values of Python to JSON and arrays, and back; only expected kinds are constructed.

What JSON has no words for is a table with one entry, ``{":tuple": [1, 2]}``, whose key says how it is read; the
kinds of values are those of `dualbrain.model_file.kinds`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dualbrain.errors import UserError
from dualbrain.model_file.archive import DamagedError
from dualbrain.model_file.names import Names

MARK = ":"
"""Beginning of the key of a table that stands for a value that JSON has no word for."""
GIVEN = "left_out"
"""Kind of a value that the file does not hold: it must be given when it is read."""


class UnwritableError(ValueError):
    """A value that has no plain form: says what it is, as in "a function"."""


class Kind(NamedTuple):
    """A kind of values: which they are, and how they are written and read."""

    tag: str
    fits: Callable[[Any], bool]
    write: Callable[[Writer, Any], Any]
    """Returns what JSON holds; raises `UnwritableError`."""
    read: Callable[[Reader, Any], Any]
    """Raises `DamagedError` for what was never written."""


class Writer:
    """Writes values; arrays are gathered beside them."""

    def __init__(self, kinds: Collection[Kind]):
        self.kinds = kinds
        self.arrays: dict[str, NDArray[Any]] = {}
        self.left_out: dict[str, str] = {}
        """What of it has no plain form: its place, and what it is."""
        self._known: dict[int, str] = {}
        self._place: list[str] = []

    @property
    def place(self) -> str:
        """The place of what is being written, as in ``steering.fear.table``."""
        return ".".join(self._place)

    def write(self, value: Any) -> Any:
        """Return a value as JSON holds it; raises `UnwritableError` where it has no plain form."""
        if value is None or type(value) in (bool, int, str) or (type(value) is float and math.isfinite(value)):
            return value
        if type(value) is list:
            return [self.write(entry) for entry in value]
        if type(value) is dict and not any(type(key) is not str or key.startswith(MARK) for key in value):
            return {key: self.write(entry) for key, entry in value.items()}
        for kind in self.kinds:
            if kind.fits(value):
                return {f"{MARK}{kind.tag}": kind.write(self, value)}
        raise UnwritableError(called(value))

    def array(self, array: NDArray[Any]) -> str:
        """Put an array among the arrays; return its name there, the same for the same array."""
        if array.dtype.hasobject:
            raise UnwritableError("an array of objects")
        if id(array) not in self._known:
            self._known[id(array)] = f"{len(self.arrays)}"
            self.arrays[self._known[id(array)]] = array
        return self._known[id(array)]

    def entries(self, values: Mapping[str, Any], needed: bool = False) -> dict[str, Any]:
        """Return a table of those entries that can be written; `left_out` lists the others.

        Where an entry is ``needed``, its place is kept: who reads it must give it.
        """
        written = {}
        for name, value in values.items():
            self._place.append(name)
            try:
                written[name] = self.write(value)
            except (UnwritableError, RecursionError) as error:
                what = str(error) if isinstance(error, UnwritableError) else "a value within itself"
                self.left_out[self.place] = what
                if needed:
                    written[name] = {f"{MARK}{GIVEN}": [self.place, what]}
            finally:
                self._place.pop()
        return written

    def inside(self, name: str, values: Mapping[str, Any], needed: bool = False) -> dict[str, Any]:
        """Return `entries` of what has a name of its own."""
        self._place.append(name)
        try:
            return self.entries(values, needed)
        finally:
            self._place.pop()


class Reader:
    """Reads what a `Writer` wrote. ``given`` stands in, by place or dotted name, for what the file does not hold."""

    def __init__(
        self,
        kinds: Collection[Kind],
        arrays: Mapping[str, NDArray[Any]],
        names: Names,
        given: Mapping[str, Any] | None = None,
    ):
        self.kinds = {kind.tag: kind for kind in kinds}
        self.names = names
        self.given = given or {}
        self._arrays = arrays

    def read(self, value: Any) -> Any:
        """Return the value; raises `DamagedError` for what was never written, `UserError` for what must be given."""
        if isinstance(value, list):
            return [self.read(entry) for entry in value]
        if not isinstance(value, dict):
            return value
        tags = [key for key in value if key.startswith(MARK)]
        if not tags:
            return {key: self.read(entry) for key, entry in value.items()}
        if len(value) > 1:
            raise DamagedError(f"a value in it is of no kind: {tags[0][:50]!a}")
        return self._of_kind(tags[0].removeprefix(MARK), value[tags[0]])

    def _of_kind(self, tag: str, payload: Any) -> Any:
        if tag == GIVEN:
            return self._given(*self.parts(payload, str, str))
        if tag not in self.kinds:
            raise DamagedError(f"a value in it is of no kind: {tag[:50]!a}")
        return self.kinds[tag].read(self, payload)

    def _given(self, place: str, what: str) -> Any:
        if place not in self.given:
            raise UserError(f"{place} was {what}, which a file cannot hold: give custom_objects={{'{place}': ...}}")
        return self.given[place]

    def array(self, name: Any) -> NDArray[Any]:
        """Return an array by its name."""
        if not isinstance(name, str) or name not in self._arrays:
            raise DamagedError("it lacks an array that it names")
        return self._arrays[name]

    def entries(self, values: Any) -> dict[str, Any]:
        """Return a table of values."""
        if not isinstance(values, dict) or any(key.startswith(MARK) for key in values):
            raise DamagedError("a table in it is none")
        return {name: self.read(value) for name, value in values.items()}

    def parts(self, payload: Any, *kinds: Any) -> Any:
        """Return a list with one entry of each of ``kinds``."""
        if not isinstance(payload, list) or len(payload) != len(kinds):
            raise DamagedError("a list in it is of another length than it was written with")
        return [self.of(entry, kind) for entry, kind in zip(payload, kinds, strict=True)]

    def of(self, value: Any, kind: Any) -> Any:
        """Return a value that must be of one of the kinds that ``isinstance`` takes."""
        if not isinstance(value, kind) or (isinstance(value, bool) and kind in (int, (int, float))):
            raise DamagedError(f"a value in it is {called(value)}, which is not expected there")
        return value


def called(value: Any) -> str:
    """Return what a value is, in words.

    >>> called(lambda: 0), called(3)
    ('a function', 'an int')
    """
    if isinstance(value, np.ndarray) and value.dtype.hasobject:
        return "an array of objects"
    name = value.__name__ if isinstance(value, type) else type(value).__name__
    said = f"the class {name}" if isinstance(value, type) else f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
    return said if value is not None else "nothing"
