"""Typed dataclasses from plain tables, and back; a mistake names the file, the table, the key and the nearest one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from dualbrain.errors import UserError, unknown
from dualbrain.text_files import read_text

T = TypeVar("T")
NAMES = {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; raises `UserError` where it is missing, unreadable or not TOML."""
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path} is not valid TOML: {error}") from error
    except RecursionError as error:
        raise UserError(f"{path} is not valid TOML: its values are nested too deep") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error


def merge(*tables: Mapping[str, Any]) -> dict[str, Any]:
    """Lay tables over each other, the last on top, table within table.

    >>> merge({"a": 1, "t": {"x": 1, "y": 1}}, {"t": {"y": 2}})
    {'a': 1, 't': {'x': 1, 'y': 2}}
    """
    merged: dict[str, Any] = {}
    for table in tables:
        for key, value in table.items():
            below = merged.get(key)
            merged[key] = merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def to_dict(value: Any) -> Any:
    """Turn a dataclass into plain tables; None, which TOML lacks, is left out."""
    if is_dataclass(value) and not isinstance(value, type):
        return to_dict({field.name: getattr(value, field.name) for field in fields(value)})
    if isinstance(value, Mapping):
        return {key: to_dict(entry) for key, entry in value.items() if entry is not None}
    return [to_dict(entry) for entry in value] if isinstance(value, (list, tuple)) else value


def from_dict(cls: type[T], data: Mapping[str, Any], where: str, table: str = "") -> T:
    """Build a dataclass from a plain table, through nested dataclasses.

    ``where`` names the source (a file) and ``table`` the place in it, for the errors.
    Raises `UserError` for an unknown key, a missing one, or a value of the wrong type.
    """
    place = f"{where} [{table}]" if table else where
    known = {field.name: field for field in fields(cls) if field.init}  # type: ignore[arg-type]
    for key in data:
        if key not in known:
            raise unknown("key", key, known, where=f" in {place}")
    for key, field in known.items():
        if key not in data and field.default is MISSING and field.default_factory is MISSING:
            raise UserError(f"{place} lacks '{key}'")
    kinds = get_type_hints(cls)
    return cls(**{key: _Reader(where, table, key).read(kinds[key], value) for key, value in data.items()})


class _Reader:
    """Reads one value of a table as what the dataclass declares."""

    def __init__(self, where: str, table: str, key: str):
        self.where, self.table, self.key = where, table, key

    @property
    def path(self) -> str:
        return f"{self.table}.{self.key}" if self.table else self.key

    def read(self, kind: Any, value: Any) -> Any:
        origin, arguments = get_origin(kind), get_args(kind)
        if origin in (Union, UnionType):
            return self._either(arguments, value)
        if origin is dict:
            return self._entries(arguments[1], value)
        if origin in (tuple, list):
            return origin(self.read(arguments[0], entry) for entry in self._expect(list | tuple, "a list", value))
        if is_dataclass(kind):
            return from_dict(kind, self._expect(Mapping, "a table", value), self.where, self.path)  # type: ignore[arg-type]
        return self._scalar(kind, value)

    def _either(self, kinds: tuple[Any, ...], value: Any) -> Any:
        if value is None and NoneType in kinds:
            return None
        return self.read(next(kind for kind in kinds if kind is not NoneType), value)

    def _entries(self, kind: Any, value: Any) -> dict[str, Any]:
        entries = self._expect(Mapping, "a table", value)
        return {key: _Reader(self.where, self.path, key).read(kind, entry) for key, entry in entries.items()}

    def _scalar(self, kind: Any, value: Any) -> Any:
        if kind is float and type(value) is int:
            return float(value)
        if kind in NAMES and type(value) is not kind:
            raise self._wrong(NAMES[kind], value)
        return value

    def _expect(self, kind: Any, name: str, value: Any) -> Any:
        if not isinstance(value, kind):
            raise self._wrong(name, value)
        return value

    def _wrong(self, wanted: str, value: Any) -> UserError:
        place = f"{self.where} [{self.table}]" if self.table else self.where
        return UserError(f"{place}: '{self.key}' must be {wanted}, not {value!r}")
