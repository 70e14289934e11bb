"""The files of a package, found and read without importing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from pathlib import Path


@dataclass(frozen=True)
class SourceFile:
    """A file of Python source that has not been imported."""

    module: str
    """Its dotted name."""
    path: Path

    @property
    def stem(self) -> str:
        """The last part of its dotted name, which is the file's own name."""
        return self.module.rpartition(".")[2]

    @cached_property
    def text(self) -> str:
        """What is written in it; "" where it cannot be read."""
        try:
            return self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return ""


def source_files(module: str) -> tuple[SourceFile, ...]:
    """Return the files of a package and of the packages within it, by name, or the one file of a module.

    Left out are ``__init__.py`` and other files whose name begins with an underscore. Nothing is imported; a module
    that does not exist has none.
    """
    spec = locate(module)
    if spec is None:
        return ()
    if spec.submodule_search_locations is not None:
        return tuple(_within(module, map(Path, spec.submodule_search_locations)))
    return (SourceFile(module, Path(spec.origin)),) if spec.origin and spec.origin.endswith(".py") else ()


def locate(module: str) -> ModuleSpec | None:
    """Return where a module lies, without importing the packages that it is in; None where there is none."""
    top, *others = module.split(".")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        return None
    name = top
    for part in others:
        if spec is None or spec.submodule_search_locations is None:
            return None
        name = f"{name}.{part}"
        spec = PathFinder.find_spec(name, [*spec.submodule_search_locations])
    return spec


def _within(package: str, folders: Iterable[Path]) -> Iterator[SourceFile]:
    for entry in sorted(entry for folder in folders if folder.is_dir() for entry in folder.iterdir()):
        name = f"{package}.{entry.stem}"
        if entry.name.startswith(("_", ".")):
            continue
        if entry.suffix == ".py":
            yield SourceFile(name, entry)
        elif (entry / "__init__.py").is_file():
            yield from _within(name, [entry])
