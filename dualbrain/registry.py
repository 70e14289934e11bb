"""Names to parts, lazily: entry points or dotted paths; nothing is imported until it is asked for."""

from __future__ import annotations

import importlib
import warnings
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from dualbrain.adapter import WorldAdapter
from dualbrain.errors import UserError, unknown

MODULES = "dualbrain.reward_modules"
AGENTS = "dualbrain.agents"
WORLDS = "dualbrain.worlds"
ADAPTERS = "dualbrain.adapters"
EXPERIMENTS = "dualbrain.experiments"


def names(group: str) -> dict[str, str]:
    """Return what is registered in an entry-point group: name to ``package.module:Object``."""
    return {entry.name: entry.value for entry in sorted(entry_points(group=group), key=lambda entry: entry.name)}


def modules() -> dict[str, str]:
    """Return the registered reward modules: name to dotted path."""
    return names(MODULES)


def agents() -> dict[str, str]:
    """Return the registered learning algorithms: name to dotted path."""
    return names(AGENTS)


def experiments() -> dict[str, str]:
    """Return the registered experiments: name to dotted path."""
    return names(EXPERIMENTS)


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


def adapters() -> dict[str, str]:
    """Return the registered adapters: beginning of ids to dotted path."""
    return names(ADAPTERS)


def example_worlds() -> dict[str, str]:
    """Return ids of adapted environments, each with "", or a beginning of ids with what is missing for them."""
    found: dict[str, str] = {}
    first = {path: beginning for beginning, path in reversed(adapters().items())}
    for beginning in sorted(first.values()):
        try:
            adapter = load_adapter(beginning)
        except UserError as error:
            found[f"{beginning}..."] = str(error)
        else:
            found |= dict.fromkeys(adapter.examples if adapter else (), "")
    return found


def load_adapter(env_id: str) -> WorldAdapter | None:
    """Return the adapter for an id, importing the package of its environment; None where nobody registered one.

    The longest matching beginning wins. An entry point that names a module alone only has it imported.

    Raises `UserError` for a package that is not installed, saying how to install it, or a broken adapter.
    """
    entry = _adapter_entry(env_id)
    if entry is None:
        return None
    try:
        loaded = entry.load()
    except ModuleNotFoundError as error:
        needs = f"environment '{env_id}' needs the package '{error.name}'"
        raise UserError(f"{needs}: pip install {_installable(entry, error)}") from error
    except (Exception, SystemExit) as error:
        raise UserError(f"adapter for '{env_id}' cannot be loaded from {entry.value}: {_reason(error)}") from error
    return loaded if isinstance(loaded, WorldAdapter) else WorldAdapter()


def is_adapted(env_id: str) -> bool:
    """Return whether an adapter is registered for an id, which tells it from a native world."""
    return _adapter_entry(env_id) is not None


def _adapter_entry(env_id: str) -> EntryPoint | None:
    entries = [entry for entry in entry_points(group=ADAPTERS) if env_id.startswith(entry.name)]
    return max(entries, key=lambda entry: len(entry.name), default=None)


def _installable(entry: EntryPoint, missing: ModuleNotFoundError) -> str:
    """Return what to install: the extra that an adapter's entry point names, as in ``module:object [extra]``."""
    if not entry.extras or entry.dist is None:
        return str(missing.name)
    return f"{entry.dist.name}[{','.join(entry.extras)}]"
