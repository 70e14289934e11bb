"""Adapters for environments of other packages, found in files that say which ids they serve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from typing import Any

import gymnasium

from dualbrain.errors import UserError
from dualbrain.origin import reason
from dualbrain.registry import ADAPTERS, adapters, entries

Env = gymnasium.Env[Any, Any]


def _as_it_is(env: Env) -> Env:
    return env


def _known(env_id: str) -> None:
    """Do nothing: the package registered the id when it was imported."""


@dataclass(frozen=True)
class WorldAdapter:
    """Adds senses to the environments of one package, whose ids begin alike.

    Its module imports the package, so that loading it registers the package's environments with Gymnasium.
    """

    make: Callable[..., Env] = gymnasium.make
    """Makes one environment from its id."""
    wrap: Callable[[Env], Env] = _as_it_is
    """Gives an environment made so its senses; see `dualbrain.worlds.sense_wrappers.SenseWrapper`."""
    register: Callable[[str], None] = _known
    """Registers an id with Gymnasium that the package itself does not; raises `UserError` for one that is wrong."""
    examples: tuple[str, ...] = ()
    """Ids shown by ``dualbrain list envs``."""


def load_adapter(env_id: str) -> WorldAdapter | None:
    """Return the adapter for an id, importing the package of its environment; None where none is registered.

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
        raise UserError(f"adapter for '{env_id}' cannot be loaded from {entry.value}: {reason(error)}") from error
    return loaded if isinstance(loaded, WorldAdapter) else WorldAdapter()


def is_adapted(env_id: str) -> bool:
    """Return whether an adapter is registered for an id; native worlds have none."""
    return _adapter_entry(env_id) is not None


def example_worlds() -> dict[str, str]:
    """Return ids of adapted environments, each with "", or a beginning of ids with what is missing for them."""
    found: dict[str, str] = {}
    first = {path: beginning for beginning, path in reversed([*adapters().items()])}
    for beginning in sorted(first.values()):
        try:
            adapter = load_adapter(beginning)
        except UserError as error:
            found[f"{beginning}..."] = str(error)
        else:
            found |= dict.fromkeys(adapter.examples if adapter else (), "")
    return found


def _adapter_entry(env_id: str) -> EntryPoint | None:
    serving = [entry for entry in entries(ADAPTERS) if env_id.startswith(entry.name)]
    return max(serving, key=lambda entry: len(entry.name), default=None)


def _installable(entry: EntryPoint, missing: ModuleNotFoundError) -> str:
    """Return what to install: the extra that an adapter's entry point names, as in ``module:object [extra]``."""
    if not entry.extras or entry.dist is None:
        return str(missing.name)
    return f"{entry.dist.name}[{','.join(entry.extras)}]"
