"""Drives whose fields name the senses that they read, such as ``Curiosity(sense="voice")``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from inspect import signature
from types import MethodType
from typing import Any, ClassVar, TypeVar, cast

from dualbrain.errors import UserError
from dualbrain.spelling import nearest
from dualbrain.steering.reward_module import RewardModule, reading

Returned = TypeVar("Returned")
Drive = TypeVar("Drive", bound=RewardModule)


class _ByField:
    """A method under the parameter names that the fields of its drive, or their defaults, stand for."""

    def __init__(self, method: Callable[..., Any]):
        self._method = method
        self._parameters = [*signature(method).parameters][1:]

    def __get__(self, drive: RewardModule | None, cls: type[RewardModule]) -> Callable[..., Any]:
        named = [sense for name in self._parameters for sense in _senses(cls if drive is None else drive, name)]
        read = reading(self._method, *named)
        return read if drive is None else MethodType(read, drive)


def reads_fields(method: Callable[..., Returned]) -> Callable[..., Returned]:
    """Let a method of a drive read, for each parameter that is named like a field, the senses that the field names.

    A field that holds several names goes with a parameter of several values.

    >>> from dualbrain.steering.reward_module import sense_names
    >>> @dataclass
    ... class Gold(RewardModule):
    ...     sense: str = "treasure"
    ...     @reads_fields
    ...     def truth(self, sense, light):
    ...         return {"gold": sense * light}
    >>> sense_names(Gold().truth), sense_names(Gold(sense="coins").truth)
    (('treasure', 'light'), ('coins', 'light'))
    """
    return cast(Callable[..., Returned], _ByField(method))


def check_names(field: str, *senses: str) -> None:
    """Raise `UserError` unless these can be the names of senses, each once; ``field`` is whose they are."""
    for sense in senses:
        if not (isinstance(sense, str) and sense.isidentifier()):
            raise UserError(f"'{field}' must name a sense, as in 'energy', not {sense!r:.60}")
    if len({*senses}) < len(senses) or not senses:
        raise UserError(f"'{field}' must name at least one sense, and each once, not {senses}")


def name_after(drive: RewardModule, field: str, beginning: str = "") -> None:
    """Name a drive after the sense in a field, unless it has a name already or the sense is the default one."""
    defaults = {each.name: each.default for each in fields(drive)}
    if field in defaults and getattr(drive, field) != defaults[field]:
        drive.name = drive.name or f"{beginning}{getattr(drive, field)}"


def with_fixed(cls: type[Drive], name: str, path: str, **values: Any) -> type[Drive]:
    """Return a class of drives in which some fields are no parameters any more but have these values.

    It is called ``name``, and found again in the module of ``cls`` by its ``path``.
    """
    said = ", ".join(f"{key} {value!r}" for key, value in values.items())
    body = {
        "__module__": cls.__module__,
        "__qualname__": path,
        "__doc__": f"`{cls.__name__}` with {said}.",
        "__annotations__": dict.fromkeys(values, ClassVar[Any]),
    }
    return dataclass(type(name, (cls,), body | values))


def made_by_name(make: Callable[[str], type[Drive]], *own: str) -> Callable[[str], type[Drive]]:
    """Return what a module has as ``__getattr__`` so that ``package.module:sense`` is ``make("sense")``.

    A name that cannot be meant for a sense, since it has capitals or is near one of the module's ``own`` in small
    letters, raises `AttributeError` with the nearest one.
    """

    def find(name: str) -> type[Drive]:
        if re.fullmatch(r"(?!pytest)[a-z][a-z0-9_]*", name) and not nearest(name, filter(str.islower, own)):
            return make(name)
        meant = nearest(name, own)
        hint = f": did you mean '{meant}'?" if meant else ""
        raise AttributeError(f"module '{make.__module__}' has no attribute '{name}'{hint}")

    return find


def _senses(owner: RewardModule | type[RewardModule], parameter: str) -> tuple[str, ...]:
    """Return the senses that a parameter stands for: those that a field of its name holds, or itself."""
    declared = owner.__dataclass_fields__.get(parameter)
    if declared is None or (isinstance(owner, type) and declared.default is MISSING):
        return (parameter,)
    named: Any = declared.default if isinstance(owner, type) else getattr(owner, parameter)
    return (named,) if isinstance(named, str) else tuple(named)
