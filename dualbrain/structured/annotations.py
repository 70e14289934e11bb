"""Resolve the declared types of a dataclass's fields."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_type_hints


def kinds_of(cls: Any) -> dict[str, Any]:
    """Return the annotations of a dataclass's fields; `Any` for one that names what cannot be found."""
    try:
        hints = get_type_hints(cls, include_extras=True)
    except Exception:  # noqa: BLE001  an annotation may be any expression, and need not make sense
        hints = {field.name: _alone(cls, field.name) for field in fields(cls)}
    return {field.name: hints.get(field.name, Any) for field in fields(cls)}


def _alone(cls: type, name: str) -> Any:
    """Return one annotation, whatever is wrong with the others."""
    owner = next(base for base in cls.__mro__ if name in vars(base).get("__annotations__", {}))
    probe = type("probe", (), {"__annotations__": {name: owner.__annotations__[name]}, "__module__": owner.__module__})
    try:
        return get_type_hints(probe, include_extras=True)[name]
    except Exception:  # noqa: BLE001
        return Any
