"""Counts that say how a body of code is cut: names, helpers, lengths, branches, questions."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from .source_tree import Function, Source

BRANCHES = (ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.match_case)
PROMISED = {"num_timesteps", "_total_timesteps", "ep_info_buffer", "env", "logger", "save", "dump_logs"}
ANYONE = {"BaseAlgorithm", "OnPolicyAlgorithm", "OffPolicyAlgorithm"}
"""What every algorithm of Stable-Baselines3 has, and what they derive from."""


def public_names(source: Source) -> list[str]:
    """The functions, classes and constants that a module offers: those at its top level without an underscore."""
    found = [name for node in source.tree.body for name in _defined(node)]
    return sorted({name for name in found if not name.startswith("_")})


def helpers_used_once(source: Source) -> tuple[list[str], list[str]]:
    """The private functions and methods of a file: those named once in it beyond their definition, and all."""
    private = [f.name for f in source.functions() if f.name.startswith("_") and not f.name.endswith("__")]
    named = Counter(_mentions(source.nodes))
    return [name for name in private if named[name] == 1], private


def body_lines(function: Function) -> int:
    """The lines from a function's first statement to its last one, its docstring left out."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0  # type: ignore[operator]


def complexity(function: Function) -> int:
    """McCabe's number: one, and one more for every branch, loop, ``and`` and ``or``.

    Functions within it count too; comprehensions are no branches."""
    return 1 + sum(map(_branches, ast.walk(function)))


def questions(source: Source) -> list[str]:
    """Where a file asks an object what it can do: ``hasattr``, or ``getattr`` with a default, as ``path:line: text``.

    Two kinds are told apart. ``getattr`` without a default reads a field by a computed name and fails where there is
    none: that asks nothing. What Python itself keeps in names like ``__file__`` or ``__notes__`` no protocol can
    declare: see `language_questions`.
    """
    return [_place(source, call) for call in _asking(source) if not _of_the_language(call)]


def language_questions(source: Source) -> list[str]:
    """Like `questions`, of names that begin and end with two underscores."""
    return [_place(source, call) for call in _asking(source) if _of_the_language(call)]


def model_callbacks(sources: Sequence[Source]) -> tuple[list[str], list[str]]:
    """Callbacks of Stable-Baselines3: those that take a whole model, and all that touch theirs.

    A callback takes a whole model where it reads something of ``self.model`` that not every algorithm has, or says of
    which class it must be.
    """
    classes = [node for source in sources for node in source.nodes if isinstance(node, ast.ClassDef)]
    callbacks = _descendants(classes, "BaseCallback")
    callbacks.sort(key=lambda each: each.name)
    touching = [each for each in callbacks if any(map(_is_own_model, ast.walk(each)))]
    whole = [each for each in callbacks if _reads(each) - PROMISED or _declares_model(each)]
    return [each.name for each in whole], [each.name for each in touching]


def p90(lengths: Sequence[int]) -> float:
    """The length below which nine of ten are."""
    return float(np.percentile(lengths, 90))


def _branches(node: ast.AST) -> int:
    return len(node.values) - 1 if isinstance(node, ast.BoolOp) else isinstance(node, BRANCHES)


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id


def _mentions(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def _asking(source: Source) -> Iterator[ast.Call]:
    calls = (node for node in source.nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    for call in calls:
        name = ast.unparse(call.func)
        if name == "hasattr" or (name == "getattr" and len(call.args) == 3):
            yield call


def _of_the_language(call: ast.Call) -> bool:
    name = call.args[1]
    return isinstance(name, ast.Constant) and str(name.value).startswith("__") and str(name.value).endswith("__")


def _place(source: Source, call: ast.Call) -> str:
    return f"{source.path}:{call.lineno}: {ast.unparse(call)}"


def _descendants(classes: Sequence[ast.ClassDef], root: str) -> list[ast.ClassDef]:
    names, found = {root}, list[ast.ClassDef]()
    while more := [each for each in classes if each not in found and names & {*map(ast.unparse, each.bases)}]:
        found += more
        names |= {each.name for each in more}
    return found


def _reads(callback: ast.ClassDef) -> set[str]:
    nodes = ast.walk(callback)
    return {node.attr for node in nodes if isinstance(node, ast.Attribute) and _is_own_model(node.value)}


def _is_own_model(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node) == "self.model"


def _declares_model(callback: ast.ClassDef) -> bool:
    fields = [node for node in callback.body if isinstance(node, ast.AnnAssign)]
    return any(ast.unparse(each.target) == "model" and ast.unparse(each.annotation) not in ANYONE for each in fields)
