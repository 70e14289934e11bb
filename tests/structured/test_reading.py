"""Typed dataclasses from tables, whatever is declared, and back."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dualbrain.errors import UserError
from dualbrain.structured.equality import equal
from dualbrain.structured.literals import decode
from dualbrain.structured.ranges import Range
from dualbrain.structured.tables import dump_toml, from_dict, to_dict

TENTH = np.float32(0.1)


class Mode(Enum):
    SLOW = 1
    FAST = 2


@dataclass
class Inner:
    size: int = 1
    limits: tuple[float, float] = (0.0, 1.0)


@dataclass
class Much:
    """One field of each kind that a drive may declare."""

    whole: int = 3
    share: Annotated[float, Range(0, 1)] = 0.5
    floats: tuple[float, ...] = (0.0, 1.0)
    pair: tuple[int, str] = (1, "a")
    bare: tuple = ()  # type: ignore[type-arg]
    grid: list[list[int]] = field(default_factory=lambda: [[1], []])
    by_name: dict[str, float] = field(default_factory=lambda: {"a": 1.0})
    by_number: dict[int, tuple[int, ...]] = field(default_factory=lambda: {1: (2, 3)})
    maybe: float | None = None
    sloppy: float = None  # type: ignore[assignment]
    either: Union[int, str] = "x"  # noqa: UP007
    union: tuple[float, ...] | float = 0.5
    choice: Literal["a", "b", 3] = "a"
    sequence: Sequence[float] = (1.0, 2.0)
    mapping: Mapping[str, Any] = field(default_factory=dict)
    array: np.ndarray = field(default_factory=lambda: np.zeros((2, 1), np.float32))
    typed_array: NDArray[np.float32] = field(default_factory=lambda: np.ones(3, np.float32))
    scalar: np.float32 = TENTH
    path: Path = Path("a/b")
    mode: Mode = Mode.SLOW
    inner: Inner = field(default_factory=Inner)
    inners: tuple[Inner, ...] = (Inner(2),)
    function: Callable[[Any], Any] = np.tanh
    unknown: NowhereDefined = 5  # type: ignore[name-defined] # noqa: F821
    anything: Any = (1, None)


def again(value: Any) -> Any:
    return from_dict(type(value), decode(tomllib.loads(dump_toml(to_dict(value)))), "it")


def test_the_defaults_of_every_kind_come_back():
    assert equal(again(Much()), Much())


FLOATS = st.floats()
CHANGES = {
    "whole": st.integers(),
    "share": st.floats(0, 1),
    "floats": st.lists(FLOATS).map(tuple),
    "pair": st.tuples(st.integers(), st.text("ab")),
    "grid": st.lists(st.lists(st.integers())),
    "by_name": st.dictionaries(st.text("ab."), FLOATS),
    "by_number": st.dictionaries(st.integers(), st.lists(st.integers()).map(tuple)),
    "maybe": st.none() | FLOATS,
    "either": st.integers() | st.text("1x"),
    "union": FLOATS | st.lists(FLOATS).map(tuple),
    "choice": st.sampled_from(["a", "b", 3]),
    "sequence": st.lists(FLOATS) | st.lists(FLOATS).map(tuple),
    "typed_array": st.lists(st.floats(width=32)).map(lambda entries: np.array(entries, np.float32)),
    "mode": st.sampled_from(Mode),
    "inner": st.builds(Inner, st.integers(), st.tuples(FLOATS, FLOATS)),
    "anything": st.none() | st.tuples(st.integers()) | st.lists(st.none()) | st.dictionaries(st.integers(), st.none()),
}


@settings(max_examples=150, deadline=None)
@given(st.fixed_dictionaries({}, optional=CHANGES))
def test_every_kind_comes_back(changes: dict[str, Any]):
    value = Much(**changes)
    assert equal(again(value), value)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("whole", 1.5, "'whole' must be a whole number, not 1.5"),
        ("whole", True, "'whole' must be a whole number, not True"),
        ("share", 1.5, "'share' must be at most 1, not 1.5"),
        ("share", float("nan"), "'share' must be a number from 0 to 1, not nan"),
        ("floats", "x", "'floats' must be a list, not 'x'"),
        ("floats", [None], "'floats' must be a number, not None"),
        ("pair", [1], r"'pair' must be a list of 2, not \[1\]"),
        ("pair", [1, 2], "'pair' must be a string, not 2"),
        ("grid", [1], "'grid' must be a list, not 1"),
        ("by_name", {"a": "b"}, r"it \[by_name\]: 'a' must be a number, not 'b'"),
        ("by_number", {"a": [1]}, "'a' must be a whole number, not 'a'"),
        ("maybe", "x", "'maybe' must be a number, not 'x'"),
        ("either", 1.5, "'either' must be a whole number or a string, not 1.5"),
        ("choice", "c", r"'choice' must be one of a, b, 3, not 'c'"),
        ("array", [[1], []], "'array' must be an array"),
        ("mode", "FATS", "did you mean 'FAST'"),
        ("inner", {"sise": 1}, r"unknown key 'sise' in it \[inner\]: did you mean 'size'"),
        ("function", 5, "'function' must be a Callable, not 5"),
    ],
)
def test_mistakes(key: str, value: Any, says: str):
    with pytest.raises(UserError, match=says):
        from_dict(Much, {key: value}, "it")


def test_whole_numbers_may_be_written_as_floats():
    assert repr(from_dict(Much, {"whole": 1e5, "pair": [64.0, "a"]}, "it").pair) == "(64, 'a')"


def test_what_no_file_can_hold_is_named():
    with pytest.raises(UserError, match="'anything' is a set, which a file cannot hold"):
        dump_toml(to_dict(Much(anything={1})))
    with pytest.raises(UserError, match=r"'mapping\.deep' is a set"):
        dump_toml(to_dict(Much(mapping={"deep": {1}})))
