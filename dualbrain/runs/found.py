"""Read the configuration of a run found on disk, which may come from a stranger and names code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dualbrain.errors import UserError
from dualbrain.files.trust import Source, is_part, reading
from dualbrain.structured.tables import read_toml
from dualbrain.training.policy_arguments import CLASSES

LARGEST = 2**22
"""Bytes of a configuration."""


def read_found(path: Path) -> dict[str, Any]:
    """Read the ``config.toml`` of a run folder, none of whose names is imported unless it is known.

    A file that the user names by ``--config`` is his own word, and is read as any other. Raises `UserError` for a file
    that cannot be read, and for code that it names and that is not known: see `dualbrain.files.trust`.
    """
    if path.stat().st_size > LARGEST:
        raise UserError(f"{path} is no configuration of a run: it is larger than {LARGEST >> 20} MiB")
    source = Source(str(path), path.parent)
    with reading(source):
        tables = read_toml(path)
    for name in _named(tables):
        source.check(name)
    return tables


def _named(tables: Mapping[str, Any]) -> Iterator[str]:
    """Give whatever names code: modules, and objects as ``package.module:Name``."""
    packages = tables.get("gym_packages")
    yield from (str(name) for name in (packages if isinstance(packages, list) else ()))
    drives = _table(tables.get("modules"))
    stated = [tables.get("algo"), *(_table(drive).get("module") for drive in drives.values())]
    hyperparams = _table(tables.get("hyperparams"))
    stated.append(hyperparams.get("cortex"))
    observers = tables.get("observers")
    stated += observers if isinstance(observers, list) else []
    arguments = _table(hyperparams.get("policy_kwargs"))
    classes = [arguments.get(name) for name in CLASSES]
    stated += [name for name in classes if not is_part(str(name).partition(":")[0])]
    yield from (name for name in stated if isinstance(name, str) and ":" in name)
    env = tables.get("env")
    if isinstance(env, str) and ":" in env:
        yield env.rpartition(":")[0]


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def inside(folder: Path, name: str) -> Path:
    """Return a place in a run folder; raises `UserError` for a link that leads out of it."""
    place = folder / name
    if not place.resolve().is_relative_to(folder.resolve()):
        raise UserError(f"{place} is a link that leads out of the run folder: say where to with --output")
    return place
