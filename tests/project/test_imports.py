"""The one dependency rule: the framework knows nobody, and drives, worlds and agents know only the framework."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("dualbrain", "reward_modules", "envs", "agents", "experiments", "benchmarks")
ALLOWED = {
    "dualbrain": set(),
    "reward_modules": {"dualbrain"},
    "envs": {"dualbrain"},
    "agents": {"dualbrain"},
    "experiments": {"dualbrain"},
    "benchmarks": {"dualbrain"},
}
SAYS_NOTHING = {"common", "utils", "helpers", "base", "misc"}


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(tree: ast.AST) -> Iterator[str]:
    """Every top-level package that a module imports anywhere, in functions and by ``importlib.import_module`` too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]
        elif isinstance(node, ast.Call) and _is_import_call(node.func) and node.args:
            name = node.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield name.value.partition(".")[0]


def _is_import_call(function: ast.expr) -> bool:
    return getattr(function, "attr", getattr(function, "id", "")) in {"import_module", "__import__"}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_the_rule_allows(package: str):
    forbidden = set(PACKAGES) - ALLOWED[package] - {package}
    breaches = {
        str(path.relative_to(ROOT)): sorted(forbidden & set(imported(ast.parse(path.read_text()))))
        for path in sources(package)
        if forbidden & set(imported(ast.parse(path.read_text())))
    }
    assert breaches == {}


def test_the_rule_sees_lazy_imports():
    lazy = "def f():\n    from agents import x\n    importlib.import_module('envs.forage')\n"
    assert set(imported(ast.parse(lazy))) == {"agents", "envs"}


def test_names_say_what_is_inside():
    paths = [path.relative_to(ROOT) for package in (*PACKAGES, "tests") for path in sources(package)]
    assert [path for path in paths if SAYS_NOTHING & {*path.parent.parts, path.stem}] == []
