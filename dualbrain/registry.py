"""Names to parts, lazily: files of registered packages, entry points or dotted paths; nothing is imported early."""

from __future__ import annotations

import importlib
import importlib.metadata
import inspect
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from importlib.metadata import EntryPoint
from typing import Any

from dualbrain.discovery.files import source_files
from dualbrain.discovery.rules import ADAPTER, Rule, adapter_of, class_of, experiments_of, marked, world_of
from dualbrain.errors import UserError, shortened, unknown
from dualbrain.origin import reason
from dualbrain.renamed import current_name

MODULES = "dualbrain.reward_modules"
AGENTS = "dualbrain.agents"
CORTICES = "dualbrain.cortices"
OBSERVERS = "dualbrain.observers"
WORLDS = "dualbrain.worlds"
ADAPTERS = "dualbrain.adapters"
EXPERIMENTS = "dualbrain.experiments"
EXPERTS = "dualbrain.experts"
"""Each a function from the id of a world to what builds its scripted expert."""
OWN = (
    EntryPoint("dualbrain", "dualbrain.cortex", CORTICES),
    EntryPoint("dualbrain", "dualbrain.observers", OBSERVERS),
)
"""Packages of the framework itself, which are looked at in any case."""
RULES = {
    MODULES: Rule(class_of, "a class named like the file, as Hunger is in hunger.py"),
    AGENTS: Rule(partial(marked, constant="AGENT"), "the line AGENT = Name, where Name is the agent's class"),
    WORLDS: Rule(world_of, "a function named like the file that returns a World"),
    ADAPTERS: Rule(adapter_of, f'{ADAPTER}, and the ids that it serves as in BEGINNINGS = ("MiniGrid-",)'),
    CORTICES: Rule(partial(class_of, ending="cortex"), "a class named like the file, perhaps with Cortex after it"),
    OBSERVERS: Rule(
        partial(marked, constant="OBSERVER"), "the line OBSERVER = Name, where Name is the observer's class"
    ),
    EXPERIMENTS: Rule(experiments_of, "a constant that is an Experiment, as in TIDES = Experiment(...)"),
}
"""How the files of a package that an entry point of a group names declare the parts in them."""


def entry_points(group: str) -> tuple[EntryPoint, ...]:
    """Return what installed packages register in a group; they are read once, as long as the search path stays."""
    return _read(group, tuple(sys.path))


@cache
def _read(group: str, path: tuple[str, ...]) -> tuple[EntryPoint, ...]:  # noqa: ARG001  another path, other packages
    return tuple(importlib.metadata.entry_points(group=group))


def parts(group: str) -> Mapping[str, str]:
    """Return what is registered in an entry-point group: name to ``package.module:Object``, importing nothing.

    An entry point that names a package, or a module alone, stands for the parts in its files (`RULES`); one that names
    an object in a module is a part itself, and wins where two have one name.
    """
    return {entry.name: entry.value for entry in sorted(entries(group), key=lambda entry: entry.name)}


def entries(group: str) -> list[EntryPoint]:
    """Return what is registered in a group as entry points, of which each names one part."""
    found: dict[str, EntryPoint] = {}
    own = [entry for entry in OWN if entry.group == group]
    for entry in [*own, *sorted(entry_points(group=group), key=lambda entry: ":" in entry.value)]:
        found |= {part.name: part for part in _parts_of(entry)}
    return list(found.values())


def _parts_of(entry: EntryPoint) -> Iterator[EntryPoint]:
    """Return the parts that an entry point stands for; itself where it names an object, or a package without parts."""
    if ":" in entry.value or entry.group not in RULES:
        yield entry
        return
    namespace = f"{entry.name}/" if entry.group == WORLDS else ""
    found = _declared(entry.group, entry.value, tuple(sys.path))
    if not found and entry.group != WORLDS and entry not in OWN:
        yield entry
    for name, path in found.items():
        part = EntryPoint(namespace + name, path, entry.group)
        vars(part).update(dist=entry.dist)
        yield part


@cache
def _declared(group: str, package: str, path: tuple[str, ...]) -> dict[str, str]:  # noqa: ARG001  as in `_read`
    return declared(group, package)


def declared(group: str, package: str) -> dict[str, str]:
    """Return the parts of a group that the files of a package declare: name to ``package.module:Object``."""
    return {
        name: f"{file.module}:{found}"
        for file in source_files(package)
        for name, found in RULES[group].find(file).items()
    }


def modules() -> Mapping[str, str]:
    """Return the registered reward modules: name to dotted path."""
    return parts(MODULES)


def agents() -> Mapping[str, str]:
    """Return the registered learning algorithms: name to dotted path."""
    return parts(AGENTS)


def cortices() -> Mapping[str, str]:
    """Return the registered cortices: name to dotted path."""
    return parts(CORTICES)


def observers() -> Mapping[str, str]:
    """Return the registered observers: name to dotted path."""
    return parts(OBSERVERS)


def experiments() -> Mapping[str, str]:
    """Return the registered experiments: name to dotted path."""
    return parts(EXPERIMENTS)


def load(group: str, what: str, name: str) -> Any:
    """Load a registered name, or a dotted path ``package.module:Object``.

    Raises `UserError` for an unknown name (with the nearest one) or one that cannot be imported (with the reason).
    """
    registered = parts(group)
    if name not in registered and ":" not in name:
        raise _misnamed(group, what, name) or unknown(what, name, registered)
    path = registered.get(name) or current_name(name)
    entry = EntryPoint(name, path, group)
    if not entry.pattern.fullmatch(path):
        raise UserError(f"{what} '{name}' cannot be loaded from {path}: write package.module:Object")
    try:
        return entry.load()
    except (Exception, SystemExit) as error:
        raise UserError(f"{what} '{name}' cannot be loaded from {path}: {reason(error)}") from error


def _misnamed(group: str, what: str, name: str) -> UserError | None:
    """Return the error for a name that a file has in which there is no such part; None where there is no such file."""
    packages = [entry.value for entry in entry_points(group=group) if ":" not in entry.value]
    for file in (file for package in packages for file in source_files(package)):
        if file.stem == name.replace("-", "_"):
            return UserError(f"unknown {what} '{name}': {file.module} must have {RULES[group].says}")
    return None


def load_agent(name: str) -> Any:
    """Return the class of the learning algorithm registered as ``name``, or at a dotted path.

    Raises `UserError` for what is no algorithm of Stable-Baselines3 that takes ``steering`` and can be evaluated.
    """
    found = load(AGENTS, "agent", name)
    check_agent_class(found, name)
    return found


def expert_of(world: str) -> Callable[..., Any]:
    """Return what builds the scripted expert of a world, by the world's id: ``expert_of(id)(layout, n, seed)``.

    What it builds has ``act(obs (N, D)) -> (N,)``; one that remembers something also has ``begin(started (N,) bool)``.
    The package in the id has registered it. Raises `UserError` for a world without one.
    """
    package, slash, _ = world.partition("/")
    names = [entry.name for entry in entry_points(group=EXPERTS)]
    if not slash or package not in names:
        raise unknown("package of experts in the id of the world", world, [f"{name}/..." for name in names])
    build: Callable[..., Any] = load(EXPERTS, "experts", package)(world)
    return build


def check_agent_class(found: Any, name: str) -> None:
    """Raise `UserError` for what is no algorithm of Stable-Baselines3 that takes ``steering`` and can be evaluated.

    `dualbrain.testing.check_agent` checks more.
    """
    from stable_baselines3.common.base_class import BaseAlgorithm  # loads torch, which listing does without

    if not (isinstance(found, type) and issubclass(found, BaseAlgorithm)):
        raise UserError(f"{name} is no agent: it must be a class derived from BaseAlgorithm of Stable-Baselines3")
    makers = [vars(cls)["__init__"] for cls in found.__mro__ if "__init__" in vars(cls)]
    if not any("steering" in inspect.signature(maker).parameters for maker in makers):
        raise UserError(f"{name} is no agent: it takes no steering, as agents:DualBrainPPO does")
    missing = [part for part in ("scorecard", "assess") if part not in dir(found)]
    if missing:
        raise UserError(f"{name} is no agent: it has no {' and no '.join(missing)}, as agents.steered:Steered has")


def import_package(name: str, what: str) -> None:
    """Import a package for what it registers; raises `UserError`, which begins with ``what``, where that fails."""
    try:
        importlib.import_module(name)
    except (Exception, SystemExit) as error:
        raise UserError(f"{what} '{shortened(name)}' cannot be imported: {reason(error)}") from error


def register_worlds() -> None:
    """Import every package that registers worlds with Gymnasium; a broken one gives a warning only."""
    for path in world_packages():
        try:
            importlib.import_module(path)
        except (Exception, SystemExit) as error:  # noqa: BLE001  it must not take the others with it
            warnings.warn(f"worlds of '{path}' cannot be loaded: {reason(error)}", stacklevel=2)


def world_packages() -> list[str]:
    """Return the packages that hold or register worlds, by their dotted names."""
    return sorted({entry.module for entry in entry_points(group=WORLDS)})


def adapters() -> Mapping[str, str]:
    """Return the registered adapters: beginning of ids to dotted path."""
    return parts(ADAPTERS)
