"""Names to parts, lazily: entry points or dotted paths; nothing is imported until it is asked for."""

from __future__ import annotations

import importlib
import warnings
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from dualbrain.errors import UserError, unknown

MODULES = "dualbrain.reward_modules"
AGENTS = "dualbrain.agents"
WORLDS = "dualbrain.worlds"


def names(group: str) -> dict[str, str]:
    """Return what is registered in an entry-point group: name to ``package.module:Object``."""
    return {entry.name: entry.value for entry in sorted(entry_points(group=group), key=lambda entry: entry.name)}


def modules() -> dict[str, str]:
    """Return the registered reward modules: name to dotted path."""
    return names(MODULES)


def agents() -> dict[str, str]:
    """Return the registered learning algorithms: name to dotted path."""
    return names(AGENTS)


def load(group: str, what: str, name: str) -> Any:
    """Load a registered name, or a dotted path ``package.module:Object``.

    Raises `UserError` for an unknown name (with the nearest one) or one that cannot be imported (with the reason).
    """
    registered = names(group)
    if name not in registered and ":" not in name:
        raise unknown(what, name, registered)
    path = registered.get(name, name)
    try:
        return EntryPoint(name, path, group).load()
    except (Exception, SystemExit) as error:
        raise UserError(f"{what} '{name}' cannot be loaded from {path}: {_reason(error)}") from error


def _reason(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f"syntax error in {error.filename}, line {error.lineno}: {error.msg}"
    return " ".join(f"{type(error).__name__}: {error}".split())


def load_module(name: str) -> Any:
    """Return the class of the reward module registered as ``name``, or at a dotted path."""
    return load(MODULES, "module", name)


def load_agent(name: str) -> Any:
    """Return the class of the learning algorithm registered as ``name``, or at a dotted path."""
    return load(AGENTS, "agent", name)


def register_worlds() -> None:
    """Import every package that registers worlds with Gymnasium; a broken one is a warning and hurts nobody else."""
    for path in names(WORLDS).values():
        try:
            importlib.import_module(path)
        except (Exception, SystemExit) as error:  # noqa: BLE001  it must not take the others with it
            warnings.warn(f"worlds of '{path}' cannot be loaded: {_reason(error)}", stacklevel=2)
