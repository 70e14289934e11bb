"""The kinds of values that a model is made of, beside those that JSON has."""

from __future__ import annotations

import base64
import enum
import types
from collections import OrderedDict, deque
from collections.abc import Callable, Collection
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dualbrain.errors import UserError
from dualbrain.model_file.archive import DamagedError
from dualbrain.model_file.names import is_findable, name_of
from dualbrain.model_file.values import Kind, Reader, UnwritableError, Writer, called
from dualbrain.renamed import current_fields
from dualbrain.structured.reading import arguments
from dualbrain.training.random_streams import check_twister

BIT_GENERATORS: dict[str, Callable[[], Any]] = {
    name: getattr(np.random, name) for name in ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")
}


def exactly(*types_: type) -> Callable[[Any], bool]:
    """Return a test for values of exactly these classes."""
    return lambda value: type(value) in types_


def _write_float(_: Writer, value: float) -> str:
    return repr(value)


def _read_float(_: Reader, payload: Any) -> float:
    if payload not in ("nan", "inf", "-inf"):
        raise DamagedError("a number in it is none")
    return float(payload)


def _write_list(writer: Writer, value: Any) -> Any:
    return [writer.write(entry) for entry in value]


def _entries(reader: Reader, payload: Any) -> list[Any]:
    return [reader.read(entry) for entry in reader.of(payload, list)]


def _write_pairs(writer: Writer, value: dict[Any, Any]) -> Any:
    return [[writer.write(key), writer.write(entry)] for key, entry in value.items()]


def _read_pairs(reader: Reader, payload: Any) -> list[tuple[Any, Any]]:
    pairs = [reader.parts(pair, object, object) for pair in reader.of(payload, list)]
    return [(_hashable(reader.read(key)), reader.read(entry)) for key, entry in pairs]


def _hashable(key: Any) -> Any:
    try:
        hash(key)
    except TypeError as error:
        raise DamagedError("a key in it cannot be one") from error
    return key


def _write_deque(writer: Writer, value: deque[Any]) -> Any:
    return [value.maxlen, _write_list(writer, value)]


def _read_deque(reader: Reader, payload: Any) -> deque[Any]:
    longest, entries = reader.parts(payload, (int, types.NoneType), list)
    if longest is not None and not 0 <= longest < 2**31:
        raise DamagedError("a list in it is of no length")
    return deque(_entries(reader, entries), longest)


def _write_bytes(_: Writer, value: bytes) -> str:
    return base64.b64encode(value).decode()


def _read_bytes(reader: Reader, payload: Any) -> bytes:
    try:
        return base64.b64decode(reader.of(payload, str), validate=True)
    except ValueError as error:
        raise DamagedError("bytes in it are none") from error


def _dtype(reader: Reader, text: Any) -> np.dtype[Any]:
    try:
        found: np.dtype[Any] = np.dtype(reader.of(text, str))
    except (TypeError, ValueError, SyntaxError) as error:
        raise DamagedError("a type of numbers in it is none") from error
    if found.hasobject:
        raise DamagedError("an array in it holds objects, whose pickles could run code")
    return found


def _write_dtype(_: Writer, value: np.dtype[Any]) -> str:
    if value.hasobject or value.names:
        raise UnwritableError("a type of several fields")
    return value.str


def _write_scalar(writer: Writer, value: np.generic) -> Any:
    return [_write_dtype(writer, value.dtype), _write_bytes(writer, value.tobytes())]


def _read_scalar(reader: Reader, payload: Any) -> Any:
    text, data = reader.parts(payload, str, str)
    dtype, raw = _dtype(reader, text), _read_bytes(reader, data)
    if dtype.itemsize != len(raw) or not raw:
        raise DamagedError("a number in it is none")
    return np.frombuffer(raw, dtype)[0]


def _write_tensor(writer: Writer, value: torch.Tensor) -> Any:
    try:
        return writer.array(value.detach().cpu().numpy())
    except TypeError as error:
        raise UnwritableError(f"a tensor of {value.dtype}") from error


def _read_tensor(reader: Reader, payload: Any) -> torch.Tensor:
    try:
        return torch.from_numpy(reader.array(payload))
    except TypeError as error:
        raise DamagedError("a tensor in it is none") from error


def _write_generator(writer: Writer, value: Any) -> Any:
    modern = isinstance(value, np.random.Generator)
    state = value.bit_generator.state if modern else value.get_state(legacy=False)
    if state["bit_generator"] not in BIT_GENERATORS:
        raise UnwritableError(f"a generator of random numbers by {state['bit_generator']}")
    return [modern, writer.write(state)]


def _read_generator(reader: Reader, payload: Any) -> Any:
    modern, written = reader.parts(payload, bool, dict)
    state = reader.read(written)
    try:
        check_twister(state)
        bits = BIT_GENERATORS[state["bit_generator"]]()
        made = np.random.Generator(bits) if modern else np.random.RandomState(bits)
        if isinstance(made, np.random.Generator):
            bits.state = state
        else:
            made.set_state(state)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise DamagedError("a generator of random numbers in it is none") from error
    return made


PLAIN_TYPES: dict[str, type] = {
    f"{kind.__module__}:{kind.__name__}": kind for kind in (bool, int, float, str, bytes, list, tuple, dict)
}
PLAIN_TYPES.update({f"numpy:{kind.__name__}": kind for kind in set(np.sctypeDict.values())})


def _write_type(_: Writer, value: type) -> str:
    return f"{value.__module__}:{value.__name__}"


def _read_type(reader: Reader, payload: Any) -> Any:
    if reader.of(payload, str) not in PLAIN_TYPES:
        raise DamagedError("a type in it is none")
    return PLAIN_TYPES[payload]


def _read_ufunc(reader: Reader, payload: Any) -> Any:
    return reader.of(vars(np).get(reader.of(payload, str)), np.ufunc)


def _is_plain_function(value: Any) -> bool:
    return isinstance(value, types.FunctionType) and "<" not in value.__qualname__


def _named(value: Any) -> str:
    """Return the dotted name of a class or function; raises `UnwritableError` where no reader would find it."""
    if not is_findable(value):
        raise UnwritableError(f"{called(value)} of the library {value.__module__.partition('.')[0]}")
    return name_of(value)


def _write_name(_: Writer, value: Any) -> str:
    return _named(value)


def _write_class(_: Writer, value: type) -> str:
    return name_of(value)


def _read_function(reader: Reader, payload: Any) -> Any:
    return reader.names.find(payload, "a function", _is_plain_function)


def _read_class(reader: Reader, payload: Any) -> Any:
    return reader.names.find(payload, "a class", lambda found: isinstance(found, type), parts=True)


def _write_member(_: Writer, value: enum.Enum) -> Any:
    return [_named(type(value)), value.name]


def _read_member(reader: Reader, payload: Any) -> Any:
    name, member = reader.parts(payload, str, str)
    cls = reader.names.find(name, "an enumeration", lambda found: isinstance(found, enum.EnumMeta), parts=True)
    if member not in cls.__members__:
        raise DamagedError(f"{name[:50]!a} has no such member")
    return cls[member]


def _is_record(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, type)


def _write_record(writer: Writer, value: Any) -> Any:
    return [_named(type(value)), {each.name: writer.write(getattr(value, each.name)) for each in fields(value)}]


def _read_record(reader: Reader, payload: Any) -> Any:
    name, written = reader.parts(payload, str, dict)
    cls = reader.names.find(name, "a dataclass", lambda found: isinstance(found, type) and is_dataclass(found))
    values = current_fields(cls, reader.entries(written))
    if cls.__module__.startswith("dualbrain."):  # whose annotations say what there is
        arguments(cls, values, reader.names.source.where, cls.__name__)
    return build(cls, values)


def build(cls: type[Any], values: dict[str, Any]) -> Any:
    """Return a dataclass with these fields, checked as it checks its arguments; raises `UserError` where it does."""
    asked = {each.name for each in fields(cls) if each.init}
    try:
        made = cls(**{name: value for name, value in values.items() if name in asked})
    except UserError:
        raise
    except (TypeError, ValueError, AttributeError) as error:
        raise UserError(f"{cls.__name__} refuses what the file gives it: {' '.join(str(error).split())}") from error
    for name, value in values.items():
        object.__setattr__(made, name, value)
    return made


def _is_named_tuple(value: Any) -> bool:
    return isinstance(value, tuple) and _defines(type(value), ("_fields",))


def _is_tuple_class(found: Any) -> bool:
    return isinstance(found, type) and issubclass(found, tuple)


def _write_named_tuple(writer: Writer, value: Any) -> Any:
    return [_named(type(value)), _write_list(writer, value)]


def _read_named_tuple(reader: Reader, payload: Any) -> Any:
    name, written = reader.parts(payload, str, list)
    cls = reader.names.find(name, "a named tuple", _is_tuple_class, parts=True)
    values = _entries(reader, written)
    if len(values) != (len(cls._fields) if _defines(cls, ("_fields",)) else 0):
        raise DamagedError("a named tuple in it is of another length")
    return tuple.__new__(cls, values)


def _is_plain_class(cls: Any) -> bool:
    """Return whether objects of a class are their attributes and nothing else: none of its code runs to make one."""
    as_usual = ("__new__", "__reduce_ex__", "__reduce__", "__getstate__")
    return (
        isinstance(cls, type)
        and not _defines(cls, as_usual)
        and cls.__dictoffset__ != 0
        and not any(vars(each).get("__slots__") for each in cls.__mro__)
        and not _defines(cls, ("__del__", "__setstate__", "__get__", "__set__"))
    )


def _defines(cls: type, names: Collection[str]) -> bool:
    """Return whether a class, or one that it derives from other than ``object``, defines any of these names itself."""
    return any(name in vars(each) for each in cls.__mro__[:-1] for name in names)


def _is_object(value: Any) -> bool:
    return _is_plain_class(type(value)) and not isinstance(value, torch.nn.Module)


def _write_object(writer: Writer, value: Any) -> Any:
    return [_named(type(value)), {name: writer.write(entry) for name, entry in vars(value).items()}]


def _read_object(reader: Reader, payload: Any) -> Any:
    name, written = reader.parts(payload, str, dict)
    cls = reader.names.find(name, "a class of plain objects", _is_plain_class)
    made = object.__new__(cls)
    vars(made).update(reader.entries(written))
    return made


VALUES: tuple[Kind, ...] = (
    Kind("float", exactly(float), _write_float, _read_float),
    Kind("tuple", exactly(tuple), _write_list, lambda reader, payload: tuple(_entries(reader, payload))),
    Kind("dict", exactly(dict), _write_pairs, lambda reader, payload: dict(_read_pairs(reader, payload))),
    Kind("ordered", exactly(OrderedDict), _write_pairs, lambda reader, given: OrderedDict(_read_pairs(reader, given))),
    Kind("set", exactly(set), _write_list, lambda reader, payload: set(map(_hashable, _entries(reader, payload)))),
    Kind("frozenset", exactly(frozenset), _write_list, lambda reader, payload: frozenset(_entries(reader, payload))),
    Kind("deque", exactly(deque), _write_deque, _read_deque),
    Kind("bytes", exactly(bytes), _write_bytes, _read_bytes),
    Kind("array", exactly(np.ndarray), Writer.array, Reader.array),
    Kind("scalar", lambda value: isinstance(value, np.generic), _write_scalar, _read_scalar),
    Kind("dtype", lambda value: isinstance(value, np.dtype), _write_dtype, _dtype),
    Kind("tensor", exactly(torch.Tensor), _write_tensor, _read_tensor),
    Kind("generator", exactly(np.random.Generator, np.random.RandomState), _write_generator, _read_generator),
)
"""Kinds of values that name no code."""
BASIC: tuple[Kind, ...] = (
    *VALUES,
    Kind("path", lambda value: isinstance(value, Path), lambda _, value: str(value), lambda _, text: Path(str(text))),
    Kind("member", lambda value: isinstance(value, enum.Enum), _write_member, _read_member),
    Kind("type", lambda value: any(value is each for each in PLAIN_TYPES.values()), _write_type, _read_type),
    Kind("ufunc", lambda value: isinstance(value, np.ufunc), lambda _, value: value.__name__, _read_ufunc),
    Kind("function", _is_plain_function, _write_name, _read_function),
    Kind("class", lambda value: isinstance(value, type), _write_class, _read_class),
    Kind("record", _is_record, _write_record, _read_record),
    Kind("named_tuple", _is_named_tuple, _write_named_tuple, _read_named_tuple),
)
"""Kinds that any program has."""
OBJECT = Kind("object", _is_object, _write_object, _read_object)
"""Objects that are their attributes: of last resort."""
