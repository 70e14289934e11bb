"""Find classes that a script defines, as drives often are, by the script's file name and without running it.

Of a script, its imports, definitions and constants are evaluated, as when it is imported; its other statements, which
may train and save, are not. What a class needs beyond these belongs into a module.
"""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path
from types import ModuleType

from dualbrain.files.text import read_text

SUFFIX = ".py"
DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def running_script() -> str | None:
    """Return the file name of the script that this program is; None for a module (``-m``), a notebook or a prompt."""
    program = sys.modules["__main__"]
    file = getattr(program, "__file__", None) or ""
    return Path(file).name if program.__spec__ is None and file.endswith(SUFFIX) else None


def is_script(module: str) -> bool:
    """Return whether the part of a dotted name before the colon is the file name of a script.

    >>> is_script("train.py"), is_script("drives"), is_script("../train.py")
    (True, False, False)
    """
    return module.endswith(SUFFIX) and Path(module).name == module


def near_script(name: str, home: Path | None) -> Path | None:
    """Return the script of that name in the current folder or on ``PYTHONPATH``, but not in the run folder ``home``."""
    near = [Path.cwd(), *(Path(entry) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry)]
    found = [(folder / name).resolve() for folder in near if (folder / name).is_file()]
    return next((path for path in found if home is None or not path.is_relative_to(home.resolve())), None)


def definitions_of(script: Path) -> ModuleType:
    """Return a module of what a script defines, evaluated once; raises what its imports and definitions raise."""
    if script.name in sys.modules:
        return sys.modules[script.name]
    tree = ast.parse(read_text(script), str(script))
    tree.body = [statement for statement in tree.body if _defines(statement)]
    module = ModuleType(script.name)
    module.__file__ = str(script)
    sys.modules[script.name] = module  # where dataclasses look for their annotations
    try:
        exec(compile(tree, str(script), "exec"), vars(module))
    except BaseException:
        del sys.modules[script.name]
        raise
    return module


def _defines(statement: ast.stmt) -> bool:
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return statement.value is not None and _is_constant(statement.value)
    return isinstance(statement, DEFINITIONS)


def _is_constant(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except ValueError:
        return False
    return True
