"""Gymnasium's spaces as plain values: their bounds, not their random streams."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np
from gymnasium import spaces

from dualbrain.model_file.archive import DamagedError
from dualbrain.model_file.values import Kind, Reader, UnwritableError, Writer


def _box(space: spaces.Box) -> dict[str, Any]:
    return {"low": space.low, "high": space.high, "dtype": space.dtype}


def _make_box(low: Any, high: Any, dtype: Any) -> spaces.Box:
    return spaces.Box(low, high, low.shape, dtype)


def _discrete(space: spaces.Discrete) -> dict[str, Any]:
    return {"n": int(space.n), "start": int(space.start), "dtype": space.dtype}


def _make_discrete(n: int, start: int, dtype: Any) -> spaces.Discrete:
    return spaces.Discrete(n, start=start, dtype=dtype.type)


def _multi_discrete(space: spaces.MultiDiscrete) -> dict[str, Any]:
    return {"nvec": space.nvec, "start": space.start, "dtype": space.dtype}


def _make_multi_discrete(nvec: Any, start: Any, dtype: Any) -> spaces.MultiDiscrete:
    return spaces.MultiDiscrete(nvec, dtype=dtype.type, start=start)


def _multi_binary(space: spaces.MultiBinary) -> dict[str, Any]:
    return {"n": space.n if isinstance(space.n, int) else list(map(int, space.n))}


def _text(space: spaces.Text) -> dict[str, Any]:
    return {"longest": space.max_length, "shortest": space.min_length, "letters": "".join(space.character_list)}


def _make_text(longest: int, shortest: int, letters: str) -> spaces.Text:
    return spaces.Text(longest, min_length=shortest, charset=letters)


Parts = Callable[[Any], dict[str, Any]]
SPACES: dict[str, tuple[type[spaces.Space[Any]], Parts, Callable[..., spaces.Space[Any]]]] = {
    "Box": (spaces.Box, _box, _make_box),
    "Discrete": (spaces.Discrete, _discrete, _make_discrete),
    "MultiDiscrete": (spaces.MultiDiscrete, _multi_discrete, _make_multi_discrete),
    "MultiBinary": (spaces.MultiBinary, _multi_binary, spaces.MultiBinary),
    "Text": (spaces.Text, _text, _make_text),
    "Dict": (spaces.Dict, lambda space: {"parts": OrderedDict(space.spaces)}, lambda parts: spaces.Dict(parts)),
    "Tuple": (spaces.Tuple, lambda space: {"parts": tuple(space.spaces)}, lambda parts: spaces.Tuple(parts)),
}


def _write(writer: Writer, space: spaces.Space[Any]) -> Any:
    for name, (cls, parts, _) in SPACES.items():
        if isinstance(space, cls):
            return [name, writer.write(parts(space))]
    raise UnwritableError(f"a space of the class {type(space).__name__}")


def _read(reader: Reader, payload: Any) -> spaces.Space[Any]:
    name, parts = reader.parts(payload, str, dict)
    if name not in SPACES:
        raise DamagedError("a space in it is none")
    given = reader.entries(parts)
    try:
        with np.errstate(all="ignore"):
            return SPACES[name][2](**given)
    except (TypeError, ValueError, AssertionError, AttributeError, OverflowError, MemoryError) as error:
        raise DamagedError("a space in it is none") from error


SPACE = Kind("space", lambda value: isinstance(value, spaces.Space), _write, _read)
