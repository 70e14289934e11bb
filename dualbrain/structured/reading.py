"""Typed dataclasses from plain tables; a mistake names the file, the table, the key and the nearest one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping, MutableSequence, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Final, Literal, TypeVar, Union, get_args, get_origin

import numpy as np

from dualbrain.errors import UserError, unknown
from dualbrain.renamed import current_fields
from dualbrain.spelling import nearest
from dualbrain.structured.annotations import kinds_of
from dualbrain.structured.equality import equal
from dualbrain.structured.ranges import Range, number

T = TypeVar("T")
NAMES = {str: "a string", int: "a whole number", float: "a number", bool: "true or false", NoneType: "none"}
ANYTHING = (Any, object)
TABLES = (dict, Mapping, MutableMapping)
LISTS = (list, tuple, Sequence, MutableSequence, Collection, Iterable)


def from_dict(cls: type[T], data: Mapping[str, Any], where: str, table: str = "") -> T:
    """Build a dataclass from a plain table, through nested dataclasses.

    ``where`` names the source (a file) and ``table`` the place in it, for the errors.
    Raises `UserError` for an unknown key, a missing one, or a value of the wrong type or out of range.
    """
    return cls(**arguments(cls, data, where, table))


def arguments(cls: type[Any], data: Mapping[str, Any], where: str, table: str = "") -> dict[str, Any]:
    """Return what a plain table says of a dataclass's fields, each as it is declared: see `from_dict`."""
    place = f"{where} [{table}]" if table else where
    data = current_fields(cls, data)
    known = {field.name: field for field in fields(cls) if field.init}
    for key in data:
        if key not in known:
            raise unknown("key", key, known, where=f" in {place}")
    for key, field in known.items():
        if key not in data and field.default is MISSING and field.default_factory is MISSING:
            raise UserError(f"{place} lacks '{key}'")
    kinds = kinds_of(cls)
    return {key: _read_field(known[key], kinds[key], Reader(where, table, key), value) for key, value in data.items()}


def default_of(field: Field[Any]) -> Any:
    """Return the default of a dataclass's field; `MISSING` where it has none."""
    return field.default if field.default_factory is MISSING else field.default_factory()


def _read_field(field: Field[Any], kind: Any, reader: Reader, value: Any) -> Any:
    """Read a value; a default is right whatever is declared, as in ``limit: float = None``."""
    try:
        return reader.read(kind, value)
    except UserError:
        if equal(value, default_of(field)):
            return value
        raise


class Reader:
    """Reads one value of a table as what the dataclass declares."""

    def __init__(self, where: str, table: str, key: str):
        self.where, self.table, self.key = where, table, key

    @property
    def path(self) -> str:
        """The place in the file."""
        return f"{self.table}.{self.key}" if self.table else self.key

    @property
    def what(self) -> str:
        """What is read, for the errors."""
        return f"{self.where} [{self.table}]: '{self.key}'" if self.table else f"{self.where}: '{self.key}'"

    def read(self, kind: Any, value: Any) -> Any:
        """Return a value as ``kind``, an annotation; raises `UserError` where it is no such thing."""
        origin, parts = get_origin(kind), get_args(kind)
        if kind in ANYTHING or isinstance(kind, TypeVar):
            return value
        if origin is Annotated:
            return self._ranged(parts, value)
        if origin in (Union, UnionType):
            return self._either(kind, value)
        if origin in (Final, ClassVar):
            return self.read(parts[0], value)
        if origin is Literal:
            return self._one_of(parts, value)
        return self._of_class(origin or kind, parts, value)

    def _of_class(self, cls: Any, parts: tuple[Any, ...], value: Any) -> Any:
        if cls in TABLES:
            return self._entries(parts or (Any, Any), value)
        if cls in LISTS:
            return self._list(cls, parts, value)
        if cls is np.ndarray:
            return self._array(parts, value)
        if is_dataclass(cls):
            return from_dict(cls, self._expect(Mapping, "a table", value), self.where, self.path)  # type: ignore[arg-type]
        return self._scalar(cls, value)

    def _ranged(self, parts: tuple[Any, ...], value: Any) -> Any:
        value = self.read(parts[0], value)
        for range_ in (part for part in parts[1:] if isinstance(part, Range)):
            value = range_.check(value, self.what)
        return value

    def _either(self, kind: Any, value: Any) -> Any:
        """Read as the kind that takes the value as it is, or else as the first that takes it at all."""
        kinds = [part for part in get_args(kind) if part is not NoneType]
        if value is None and len(kinds) < len(get_args(kind)):
            return None
        read, errors = [], []
        for part in kinds:
            try:
                read.append(self.read(part, value))
            except UserError as error:
                errors.append(error)
        if not read:
            raise errors[0] if len(errors) == 1 else self._wrong(said(kind), value)
        return next((each for each in read if type(each) is type(value) and equal(each, value)), read[0])

    def _one_of(self, choices: tuple[Any, ...], value: Any) -> Any:
        for choice in choices:
            if type(choice) is type(value) and choice == value:
                return value
        match = nearest(str(value), map(str, choices))
        hint = f" (did you mean '{match}'?)" if match else ""
        raise self._wrong(f"one of {', '.join(map(str, choices))}{hint}", value)

    def _entries(self, kinds: tuple[Any, ...], value: Any) -> dict[Any, Any]:
        entries = self._expect(Mapping, "a table", value)
        inner = {key: Reader(self.where, self.path, str(key)) for key in entries}
        return {inner[key].key_of(kinds[0]) if isinstance(key, str) else key: inner[key].read(kinds[1], entry)
                for key, entry in entries.items()}  # fmt: skip

    def key_of(self, kind: Any) -> Any:
        """Return the key itself, which TOML has as text, as a number where that is declared."""
        if kind not in (int, float):
            return self.key
        try:
            return self.read(kind, number(self.key))
        except ValueError as error:
            raise self._wrong(NAMES[kind], self.key) from error

    def _list(self, cls: Any, parts: tuple[Any, ...], value: Any) -> Any:
        entries = self._expect(list | tuple, "a list", value)
        made = cls if cls in (list, tuple) else type(entries)
        if cls is tuple and parts and parts[-1] is not Ellipsis:
            return made(map(self.read, parts, self._of_length(len(parts), entries)))
        return made(self.read(parts[0] if parts else Any, entry) for entry in entries)

    def _of_length(self, length: int, entries: Sequence[Any]) -> Sequence[Any]:
        if len(entries) != length:
            raise self._wrong(f"a list of {length}", entries)
        return entries

    def _array(self, parts: tuple[Any, ...], value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return value
        dtype = next((part for kind in parts[1:] for part in get_args(kind) if isinstance(part, type)), None)
        try:
            return np.array(self._expect(list | tuple | int | float, "a list", value), dtype)
        except (ValueError, TypeError) as error:
            raise self._wrong("an array", value) from error

    def _scalar(self, cls: Any, value: Any) -> Any:
        if cls is float and isinstance(value, (int, np.floating)) and not isinstance(value, bool):
            return float(value) if type(value) is int else value
        if cls is int and (isinstance(value, np.integer) or (type(value) is float and value.is_integer())):
            return int(value) if type(value) is float else value
        if isinstance(cls, type) and isinstance(value, str):
            return self._named(cls, value)
        wrong = type(value) is not cls if cls in NAMES else not _is(cls, value)
        if wrong:
            raise self._wrong(said(cls), value)
        return value

    def _named(self, cls: type, value: str) -> Any:
        """Return what text stands for: a path, a member of an enumeration, itself."""
        if issubclass(cls, Path):
            return Path(value)
        if issubclass(cls, Enum) and not isinstance(value, cls):
            if value not in cls.__members__:
                raise unknown(f"value of {self.what}", value, cls.__members__)
            return cls[value]
        if not isinstance(value, cls):
            raise self._wrong(said(cls), value)
        return value

    def _expect(self, kind: Any, name: str, value: Any) -> Any:
        if not isinstance(value, kind):
            raise self._wrong(name, value)
        return value

    def _wrong(self, wanted: str, value: Any) -> UserError:
        return UserError(f"{self.what} must be {wanted}, not {value!r}")


def said(kind: Any) -> str:
    """Return an annotation in words."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return said(parts[0])
    if origin in (Union, UnionType):
        return " or ".join(map(said, parts))
    if origin is Literal:
        return f"one of {', '.join(map(str, parts))}"
    if (origin or kind) in (*TABLES, *LISTS):
        return "a table" if (origin or kind) in TABLES else "a list"
    return NAMES.get(kind, f"a {getattr(kind, '__name__', kind)}")


def _is(cls: Any, value: Any) -> bool:
    if cls is Callable:
        return callable(value)
    return isinstance(value, cls) if isinstance(cls, type) else True
