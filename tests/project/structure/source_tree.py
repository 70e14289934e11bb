"""The product's source files as syntax trees, of this checkout or of any other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("dualbrain", "agents", "envs", "reward_modules", "experiments")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One file: its ``path`` below the checkout, and its text."""

    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def module(self) -> str:
        """Its dotted name; a package's is that of its ``__init__``."""
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def folder(self) -> str:
        return ".".join(self.path.parent.parts)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of its tree."""
        return list(ast.walk(self.tree))

    def functions(self) -> Iterator[Function]:
        return (node for node in self.nodes if isinstance(node, Function))


def read_sources(root: Path = ROOT) -> list[Source]:
    """Every Python file of the product's packages, by path."""
    paths = sorted(path for package in PACKAGES for path in (root / package).rglob("*.py"))
    return [Source(path.relative_to(root), path.read_text(encoding="utf-8")) for path in paths]


def count_files(root: Path = ROOT) -> dict[str, int]:
    """The number of files in every folder, Python or not, by dotted name; compiled ones and hidden ones are none."""
    counts: dict[str, int] = {}
    for path in (path for package in PACKAGES for path in (root / package).rglob("*") if path.is_file()):
        if "__pycache__" not in path.parts and not path.name.startswith("."):
            folder = ".".join(path.parent.relative_to(root).parts)
            counts[folder] = counts.get(folder, 0) + 1
    return counts
