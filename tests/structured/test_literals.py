"""Values that TOML lacks: written as Python, and read again exactly."""

from __future__ import annotations

import math
import tomllib
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as of_numpy

from dualbrain.errors import UserError
from dualbrain.structured.equality import equal
from dualbrain.structured.literals import UnwritableError, decode, encode, parse


class Colour(Enum):
    RED = "red"


TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.builds(
    "python: {}".format, st.text("()[]'x1,", max_size=4)
)
DTYPES = of_numpy.integer_dtypes() | of_numpy.unsigned_integer_dtypes() | of_numpy.floating_dtypes(sizes=(16, 32, 64))
ARRAYS = of_numpy.arrays(DTYPES, of_numpy.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
SCALARS = ARRAYS.filter(lambda array: array.shape == ()).map(lambda array: array[()])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | ARRAYS | SCALARS | st.binary(max_size=3)
LEAVES |= st.sampled_from([Path("a/b"), Colour.RED, np.tanh, math.sin, dict, Path])
KEYS = TEXTS | st.integers() | st.tuples(st.booleans(), st.none())


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    inner = st.lists(leaves, max_size=3)
    return (
        inner
        | inner.map(tuple)
        | st.dictionaries(TEXTS, leaves, max_size=3)
        | st.dictionaries(KEYS, leaves, max_size=2)
    )


VALUES = st.recursive(LEAVES, nested, max_leaves=8)


def typed(value: Any) -> Any:
    """A value with all types in it, whatever the order of keys, which TOML does not keep."""
    if isinstance(value, (list, tuple)):
        return [type(value), *map(typed, value)]
    if isinstance(value, dict):
        return sorted((repr(key), repr(typed(entry))) for key, entry in value.items())
    return (type(value), repr(value))


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_a_value_is_itself_after_a_file(value: Any):
    again = decode(tomllib.loads(tomli_w.dumps({"a": encode(value)})))["a"]
    assert equal(again, value)
    assert typed(again) == typed(value)


def test_what_toml_has_words_for_stands_as_it_is():
    value = {"a": [1, 2.5, True, "text"], "t": {"x": [[1], [2]]}}
    assert encode(value) == value


@pytest.mark.parametrize(
    ("value", "called"),
    [
        ({1, 2}, "a set"),
        (frozenset(), "a frozenset"),
        (1j, "a complex"),
        (object(), "an object"),
        (lambda: 1, "a function"),
        (np.random.default_rng(0), "a Generator"),
        ([{"deep": ({3},)}], "a set"),
        (np.array(["text"]), "an array of <U4"),
        (10**5000, "an int"),
        ("\udc80", "text that is no Unicode"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isascii() else type(value).__name__,
)
def test_what_cannot_be_written_is_called_by_its_name(value: Any, called: str):
    with pytest.raises(UnwritableError, match=called):
        encode(value)


def test_a_list_within_itself_is_refused():
    value: list[Any] = []
    value.append(value)
    with pytest.raises(UnwritableError, match="a list"):
        encode(value)


@pytest.mark.parametrize(
    "text",
    ["", "(4,", "size", "open('x')", "__import__('os')", "os.system('x')()", "1 + 1", "[x for x in ()]", "{[]: 1}",
     "array('x', 'float64')", "array([1], 'object')", "load('no_such_module:x')", "load('os')", "(" * 5000, "-None",
     "{**{}}", "lambda: 1", "f'{1}'", "str(1)", "float32()", "dict(1)", "1j", "..."],
)  # fmt: skip
def test_text_that_is_no_value_is_refused(text: str):
    with pytest.raises(UserError, match="no value of Python's"):
        parse(text)


def test_dicts_and_names_as_rl_zoo3_writes_them():
    assert parse("dict(net_arch=[64], activation_fn=nn.ReLU, log_std_init=-2)") == {
        "net_arch": [64],
        "activation_fn": "nn.ReLU",
        "log_std_init": -2,
    }
