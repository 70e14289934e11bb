"""Decide which code a file may import by naming it: model files and run folders may come from strangers.

Known is what an installed package registers, what lies in the current folder or on ``PYTHONPATH``, and what the
program itself has imported of its own code. Everything else needs the user's word: ``--trust``, ``trusted=True``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from dualbrain.errors import UserError, shortened
from dualbrain.origin import is_own

REGISTRIES = ("dualbrain.", "gymnasium.envs")
"""Beginnings of the entry-point groups by which a package registers its code."""
PARTS = ("torch.nn", "torch.optim", "stable_baselines3", "sb3_contrib")
"""Modules of libraries whose classes may be parts of a network, where they are of the kind that is needed."""


class UntrustedError(UserError):
    """A file names code that is not imported on its word."""


@dataclass(frozen=True)
class Source:
    """A file that names code."""

    where: str
    """How errors call it."""
    home: Path | None = None
    """The run folder that it lies in, whose own Python files are a part of it; None outside of one."""
    trusted: bool = False
    """The user vouches for it: everything that it names is imported."""

    @property
    def is_trusted(self) -> bool:
        """Whether the user vouches for it, or for all files of this command."""
        return self.trusted or is_vouched()

    def check(self, place: str) -> None:
        """Raise `UntrustedError` where ``package.module:Object``, or a module, is not to be imported for this file."""
        module = place.partition(":")[0]
        if not (
            self.is_trusted or is_ufunc(place) or (is_known(module, self.home) and not module.endswith(".__main__"))
        ):
            raise UntrustedError(
                f"{self.where} names the code '{shortened(place)}', which no installed package registers and which is "
                "not in the current folder: if you trust the file's maker, say --trust (in Python: trusted=True)"
            )


_vouched: ContextVar[bool] = ContextVar("_vouched", default=False)
_reading: ContextVar[Source | None] = ContextVar("_reading", default=None)


@contextmanager
def reading(source: Source) -> Iterator[None]:
    """Limit imports by name within the block to the code that ``source`` may name."""
    token = _reading.set(source)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def vouching(trusted: bool) -> Iterator[None]:
    """Trust all files that are read within the block: ``--trust`` of a command."""
    token = _vouched.set(trusted)
    try:
        yield
    finally:
        _vouched.reset(token)


def is_vouched() -> bool:
    """Return whether the user vouches for all files of this command."""
    return _vouched.get()


def check_named(place: str) -> None:
    """Raise `UntrustedError` where the file that is being read may not name ``place``; a user may name any."""
    source = _reading.get()
    if source is not None:
        source.check(place)


def is_known(module: str, home: Path | None = None) -> bool:
    """Return whether a module is imported on a file's word; one that does not exist is, for nothing comes of it."""
    return is_registered(module) or _is_own_and_loaded(module, home) or _is_near(module, home)


def is_ufunc(place: str) -> bool:
    """Return whether ``numpy:tanh`` and the like is meant, which does nothing but compute."""
    module, _, name = place.partition(":")
    return module == "numpy" and isinstance(vars(np).get(name), np.ufunc)


def is_part(module: str) -> bool:
    """Return whether a module is one of those libraries' that hold the parts of networks."""
    return any(module == part or module.startswith(f"{part}.") for part in PARTS)


def is_registered(module: str) -> bool:
    """Return whether the package of a module registers something with this framework."""
    return module.partition(".")[0] in _registering(tuple(sys.path))


@cache
def _registering(path: tuple[str, ...]) -> frozenset[str]:  # noqa: ARG001  another path, other packages
    """Return the packages that register something with this framework."""
    everything = entry_points()
    groups = [group for group in everything.groups if group.startswith(REGISTRIES)]
    modules = [entry.module for group in groups for entry in everything.select(group=group)]
    return frozenset({"dualbrain", *(module.partition(".")[0] for module in modules)})


def _is_own_and_loaded(module: str, home: Path | None) -> bool:
    if module == "__main__":
        return True
    file = getattr(sys.modules.get(module), "__file__", None)
    return file is not None and is_own(file) and not _is_below(Path(file), home)


def _is_near(module: str, home: Path | None) -> bool:
    """Return whether a module lies in the current folder or on ``PYTHONPATH``, but not in the run folder itself."""
    spec = _spec(module.partition(".")[0])
    if spec is None:
        return module.partition(".")[0] not in sys.modules
    places = [Path(place).resolve() for place in _files(spec)]
    near = [Path.cwd(), *(Path(entry) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry)]
    return bool(places) and all(
        is_own(str(place)) and any(_is_below(place, folder) for folder in near) and not _is_below(place, home)
        for place in places
    )


def _spec(top: str) -> ModuleSpec | None:
    try:
        return find_spec(top)
    except (ImportError, ValueError):
        return None


def _files(spec: ModuleSpec) -> list[str]:
    if spec.submodule_search_locations is not None:
        return list(spec.submodule_search_locations)
    return [spec.origin] if spec.origin and spec.has_location else []


def _is_below(place: Path, folder: Path | None) -> bool:
    return folder is not None and place.resolve().is_relative_to(folder.resolve())
