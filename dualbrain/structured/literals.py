"""Write values that TOML lacks (None, tuples, arrays ...) as text, ``"python: (4, 5)"``.

What is written is read again exactly, or it is refused: `UnwritableError`.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np

from dualbrain import registry
from dualbrain.errors import UserError
from dualbrain.files.trust import UntrustedError, check_named
from dualbrain.structured.equality import equal

MARK = "python:"
"""Beginning of text that stands for a value of Python's; text of that beginning is itself written so."""
AS_THEY_ARE = (bool, float, datetime, date, time)
NUMBERS = {"nan": float("nan"), "inf": float("inf")}
MALFORMED = (ValueError, SyntaxError, TypeError, MemoryError, RecursionError)
"""What may come of text that is no value."""


class UnwritableError(ValueError):
    """A value that a file cannot hold: says what it is, as in "a set"."""


def encode(value: Any) -> Any:
    """Return a value as TOML can hold it; raises `UnwritableError` where `decode` would not give it back as it is.

    >>> encode({"limit": None, "size": (4, 5), "walls": True})
    {'limit': 'python: None', 'size': 'python: (4, 5)', 'walls': True}
    """
    try:
        encoded = _encoded(value)
        read = decode(encoded)
    except UnwritableError:
        raise
    except (ValueError, RecursionError) as error:  # more digits than Python writes, a list within itself
        raise UnwritableError(_called(value)) from error
    if not equal(read, value):
        raise UnwritableError(_called(value))
    return encoded


def decode(value: Any) -> Any:
    """Return what `encode` was given; raises `UserError` for text after the mark that is no value of Python's."""
    if isinstance(value, Mapping):
        return {key: decode(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [decode(entry) for entry in value]
    if isinstance(value, str) and value.startswith(MARK):
        return parse(value.removeprefix(MARK).strip())
    return value


def parse(text: str) -> Any:
    """Read a value of Python's; nothing is run.

    Understood are literals, ``nan``, ``inf``, ``dict(a=1)``, ``Path('a')``, ``array([1.0], 'float32')``,
    ``float32(0.5)`` and ``load('package.module:Name')``. Raises `UserError` for anything else.
    """
    try:
        with warnings.catch_warnings(action="ignore", category=SyntaxWarning):
            return _value(ast.parse(text, mode="eval").body)
    except UntrustedError:
        raise
    except MALFORMED as error:
        raise UserError(f"'{text}' is no value of Python's such as None or (4, 5)") from error


def _encoded(value: Any) -> Any:
    if type(value) is dict and all(type(key) is str for key in value):
        return {_text(key): _encoded(entry) for key, entry in value.items()}
    if type(value) is list:
        return [_encoded(entry) for entry in value]
    if type(value) is str and not value.startswith(MARK):
        return _text(value)
    if type(value) in AS_THEY_ARE or (type(value) is int and -(2**63) <= value < 2**63):
        return value
    return f"{MARK} {_source(value)}"


def _text(text: str) -> str:
    """Return text; raises `UnwritableError` where it is no Unicode, as a file name may be."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnwritableError(f"text that is no Unicode ({text!a})") from error
    return text


def _source(value: Any) -> str:
    """Return the text from which `parse` reads a value."""
    if type(value) in (list, tuple):
        parts = [_source(entry) for entry in value]
        return f"[{', '.join(parts)}]" if type(value) is list else f"({', '.join(parts)}{',' * (len(parts) == 1)})"
    if type(value) is dict:
        return f"{{{', '.join(f'{_source(key)}: {_source(entry)}' for key, entry in value.items())}}}"
    if value is None or type(value) in (bool, int, float, str, bytes):
        return repr(_text(value) if type(value) is str else value)
    if isinstance(value, np.ndarray):
        empty = f", {value.shape}" if value.size == 0 else ""
        return f"array({_source(value.tolist())}, {_dtype(value.dtype)!r}{empty})"
    if isinstance(value, np.generic):
        return f"{_dtype(value.dtype)}({_source(value.item())})"
    if type(value) is type(Path()):
        return f"Path({_source(str(value))})"
    return f"load({_place(value)!r})"


def _dtype(dtype: np.dtype[Any]) -> str:
    if dtype.kind not in "biuf" or dtype.itemsize > 8:
        raise UnwritableError(f"an array of {dtype}")
    return dtype.name if np.dtype(dtype.name) == dtype else dtype.str


def _place(value: Any) -> str:
    """Return where a class, a function or a member of an enumeration is found."""
    if isinstance(value, Enum):
        return f"{_place(type(value))}.{value.name}"
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if not (isinstance(module, str) and isinstance(name, str)) or module == "__main__" or "<" in name:
        raise UnwritableError(_called(value))
    return f"{module}:{name}"


def _called(value: Any) -> str:
    name = value.__name__ if isinstance(value, type) else type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def _value(node: ast.expr) -> Any:
    if isinstance(node, (ast.Tuple, ast.List)):
        entries = [_value(entry) for entry in node.elts]
        return tuple(entries) if isinstance(node, ast.Tuple) else entries
    if isinstance(node, ast.Dict):
        return {_value(key): _value(entry) for key, entry in _pairs(node)}
    if isinstance(node, ast.Call):
        return _called_value(node)
    if isinstance(node, ast.Name) and node.id in NUMBERS:
        return NUMBERS[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_number(_value(node.operand))
    if isinstance(node, ast.Attribute):  # nn.ReLU is resolved by the caller, which knows the valid names
        return ast.unparse(node)
    if isinstance(node, ast.Constant) and not isinstance(node.value, (complex, type(...))):
        return node.value
    raise ValueError(ast.unparse(node))


def _pairs(node: ast.Dict) -> list[tuple[ast.expr, ast.expr]]:
    if None in node.keys:
        raise ValueError("a dict in a dict")
    return list(zip((key for key in node.keys if key), node.values, strict=True))


def _number(value: Any) -> Any:
    if type(value) not in (int, float):
        raise ValueError(f"minus {value!r}")
    return value


def _called_value(node: ast.Call) -> Any:
    if not isinstance(node.func, ast.Name):
        raise ValueError(ast.unparse(node))
    given = [_value(argument) for argument in node.args]
    named = {str(keyword.arg): _value(keyword.value) for keyword in node.keywords if keyword.arg}
    return _maker(node.func.id)(*given, **named)


def _maker(name: str) -> Callable[..., Any]:
    makers: dict[str, Callable[..., Any]] = {"dict": dict, "array": _array, "Path": Path, "load": _load}
    return makers[name] if name in makers else _scalar(name)


def _array(entries: Any, dtype: str, shape: tuple[int, ...] | None = None) -> Any:
    made = np.array(entries, _numeric(dtype))
    return made if shape is None else made.reshape(shape)


def _scalar(name: str) -> Callable[[Any], Any]:
    kind = _numeric(name).type
    return lambda value: kind(value)


def _numeric(name: str) -> np.dtype[Any]:
    dtype = np.dtype(name)
    if dtype.kind not in "biuf":
        raise ValueError(name)
    return dtype


def _load(place: str) -> Any:
    if ":" not in place:
        raise ValueError(place)
    check_named(place)
    return registry.load("", "value", place)
