"""Read the declaration of a world: its options and variants, fitting drives, number of agents."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Any, Literal, Protocol, Union, get_args, get_origin, get_type_hints, runtime_checkable

from dualbrain.errors import UserError, unknown
from dualbrain.spelling import nearest
from dualbrain.worlds.creation_errors import load_creator
from dualbrain.worlds.ids import find_spec

WORLD = "world"
"""Registered keyword that names the function which declares a world, ``"package.module:function"``."""
GYMNASIUMS_OWN = ("render_mode", "autoreset_mode")
NAMES = {int: "a whole number", float: "a number", bool: "true or false", str: "a string"}

Declare = Callable[..., Any]


@dataclass(frozen=True)
class Option:
    """One keyword argument of a world."""

    name: str
    default: Any
    kind: Any = Any
    """Its annotation."""
    meaning: str = ""
    """The line ``name: meaning`` of the docstring, if it has one."""


def options_of(declare: Declare) -> dict[str, Option]:
    """Return the options of a function or class that makes a world, by name.

    >>> def meadow(size: int = 16, wet: bool = False) -> None: ...
    >>> [f"{option.name}={option.default}" for option in options_of(meadow).values()]
    ['size=16', 'wet=False']
    """
    kinds = _kinds(declare)
    named = {
        name: parameter
        for name, parameter in inspect.signature(declare).parameters.items()
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    }
    return {
        name: Option(name, parameter.default, kinds.get(name, Any), _meaning(declare, name))
        for name, parameter in named.items()
        if name not in GYMNASIUMS_OWN
    }


def declaration_of(env_id: str) -> Declare:
    """Return what makes a registered world: the function that declares it, or else its class."""
    spec = find_spec(env_id)
    entry = spec.kwargs.get(WORLD, spec.entry_point or spec.vector_entry_point)
    creator: Declare = load_creator(env_id, entry)
    return creator


def variants_of(env_id: str) -> tuple[dict[str, Any], ...]:
    """Return options worth trying together: what `VARIANTS` lists on the page of the world's declaration, if any."""
    return tuple(vars(sys.modules[declaration_of(env_id).__module__]).get("VARIANTS", ()))


def drives_of(env_id: str) -> str:
    """Return the drives that a world declares as fitting, as ``--modules`` takes them.

    They are those of the line ``Drives: hunger:5, flinch`` in the docstring of its declaration; "" without one.
    """
    line = re.search(r"^ *Drives: (.+?)\.?$", inspect.getdoc(declaration_of(env_id)) or "", re.MULTILINE)
    return line.group(1).replace(" ", "") if line else ""


@runtime_checkable
class Populated(Protocol):
    """A declared world that says how many agents live in it together."""

    agents: int


def agents_of(env_id: str, env_kwargs: Mapping[str, Any] | None = None) -> int:
    """Return how many agents live together in a world: the ``agents`` of what is declared; 1 for any other."""
    if WORLD not in find_spec(env_id).kwargs:
        return 1
    options = {name: value for name, value in (env_kwargs or {}).items() if name not in GYMNASIUMS_OWN}
    declared = declaration_of(env_id)(**options)
    return declared.agents if isinstance(declared, Populated) else 1


def check_options(given: Mapping[str, Any], declare: Declare, who: str) -> None:
    """Raise `UserError` for an option that ``declare`` does not take, or a value of another type than its annotation.

    ``who`` is whose options they are. Values of types that are not plain are not looked at.
    """
    valid = options_of(declare)
    for name, value in given.items():
        if name not in valid:
            raise unknown("option", name, valid, f" of {who}")
        if not _fits(value, valid[name].kind):
            raise UserError(f"option '{name}' of {who} must be {_said(valid[name].kind, value)}, not {value!r}")


def _kinds(declare: Declare) -> dict[str, Any]:
    try:
        return get_type_hints(getattr(declare, "__init__") if isinstance(declare, type) else declare)  # noqa: B009
    except NameError:  # annotated with what is imported for type checkers only
        return {}


def _meaning(declare: Declare, name: str) -> str:
    line = re.search(rf"^ *{name}: (.+)$", inspect.getdoc(declare) or "", re.MULTILINE)
    return line.group(1) if line else ""


def _fits(value: Any, kind: Any) -> bool:
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if get_origin(kind) in (Union, UnionType):
        return any(_fits(value, part) for part in get_args(kind))
    if kind in (int, float):
        return isinstance(value, Integral if kind is int else Real) and not isinstance(value, bool)
    return isinstance(value, kind) if kind in (bool, str, NoneType) else True


def _said(kind: Any, value: Any) -> str:
    if get_origin(kind) is Literal:
        choices = [str(choice) for choice in get_args(kind)]
        match = nearest(str(value), choices)
        return f"one of {', '.join(choices)}" + (f" (did you mean '{match}'?)" if match else "")
    kinds = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    return " or ".join(NAMES.get(part, "none" if part is NoneType else str(part)) for part in kinds)
