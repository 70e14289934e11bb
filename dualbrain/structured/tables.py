"""Plain tables to TOML and back, and over each other; from typed dataclasses, whose values survive exactly."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

from dualbrain.errors import UserError
from dualbrain.files.text import read_text
from dualbrain.structured.annotations import kinds_of
from dualbrain.structured.equality import equal
from dualbrain.structured.literals import UnwritableError, decode, encode
from dualbrain.structured.reading import Reader, from_dict

__all__ = ["check_writable", "dump_toml", "from_dict", "merge", "parse_toml", "plain", "read_toml", "to_dict"]


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; raises `UserError` where it is missing, unreadable or not TOML."""
    try:
        text = read_text(path)
    except UnicodeDecodeError as error:
        raise UserError(f"cannot read {path}: it is no text in UTF-8 ({error})") from error
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    return parse_toml(text, str(path))


def parse_toml(text: str, where: str) -> dict[str, Any]:
    """Read TOML, in which ``"python: (4, 5)"`` is a value of Python's; raises `UserError` for what is none."""
    try:
        tables: dict[str, Any] = decode(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{where} is not valid TOML: {error}") from error
    except UserError as error:
        raise UserError(f"{where}: {error}") from error
    except RecursionError as error:
        raise UserError(f"{where} is not valid TOML: its values are nested too deep") from error
    except ValueError as error:  # more digits than Python reads
        raise UserError(f"{where} is not valid TOML: {error}") from error
    return tables


def dump_toml(tables: Mapping[str, Any]) -> str:
    """Write tables as TOML that `parse_toml` gives back as they are; raises `UserError` where there is no such."""
    check_writable(tables, "", "a file")
    return tomli_w.dumps(encode(dict(tables)))


def check_writable(table: Mapping[str, Any], what: str, where: str = "config.toml") -> None:
    """Raise `UserError` for an entry that TOML cannot hold: ``what`` they are, and ``where`` they would stand."""
    for key, value in table.items():
        try:
            encode(value)
        except UnwritableError as error:
            if isinstance(value, dict) and all(type(name) is str for name in value):
                check_writable({f"{key}.{name}": entry for name, entry in value.items()}, what, where)
            raise UserError(f"{what} '{key}' is {error}, which {where} cannot hold".lstrip()) from error


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


def to_dict(value: Any) -> dict[str, Any]:
    """Turn a dataclass into tables from which `from_dict` makes it again; None is left out where it is the default."""
    kinds = kinds_of(type(value))
    stated = {field.name: getattr(value, field.name) for field in fields(value)}
    left_out = {field.name for field in fields(value) if field.default is None and stated[field.name] is None}
    return {name: plain(kinds[name], each) for name, each in stated.items() if name not in left_out}


def plain(kind: Any, value: Any) -> Any:
    """Return the plainest form of a value that is read as the same again, where ``kind`` is declared.

    >>> plain(tuple[float, ...], (0.5, 1.0)), plain(Any, (0.5, 1.0))
    ([0.5, 1.0], (0.5, 1.0))
    """
    if is_dataclass(value) and not isinstance(value, type):
        return to_dict(value)
    if isinstance(value, dict) and any(map(is_dataclass, value.values())):
        return {key: plain(Any, entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)) and any(map(is_dataclass, value)):
        return [plain(Any, entry) for entry in value]
    return _plainest(kind, value)


def _plainest(kind: Any, value: Any) -> Any:
    read = []
    for form in (_simple(value), value):
        try:
            read.append((form, Reader("", "", "").read(kind, form)))
        except UserError:
            continue
    same = (form for form, again in read if equal(again, value))
    return next(same, read[0][0] if read else value)


def _simple(value: Any) -> Any:
    """Return a value with lists, text and plain numbers in the place of what is like them."""
    if isinstance(value, (list, tuple)):
        return [_simple(entry) for entry in value]
    if isinstance(value, dict):
        return {key: _simple(entry) for key, entry in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, Path):
        return str(value)
    return value.item() if isinstance(value, np.generic) else value
