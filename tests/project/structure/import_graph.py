"""Who imports whom, lazily and for type checking too, and where that goes round in a circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from .source_tree import Source

Graph = Mapping[str, set[str]]


def module_graph(sources: Sequence[Source]) -> Graph:
    """Every module with the modules that it names in an import, wherever the import stands.

    What ``from package import name`` imports is the module ``package.name`` where there is one, else the package.
    That a package's ``__init__`` runs when a module of it is imported is not counted.
    """
    known = {source.module for source in sources}
    return {source.module: set(_imports(source, known)) - {source.module} for source in sources}


def room_graph(sources: Sequence[Source]) -> Graph:
    """Every room with the rooms whose modules its own modules import.

    A room is a folder in a top-level package with all that is nested in it; files at the top make one more. What users
    and ``python -m`` enter by, ``__init__`` and ``__main__`` at the top, is no part of any.
    """
    modules, rooms = module_graph(sources), {source.module: _room(source) for source in sources}
    graph: dict[str, set[str]] = {room: set() for room in rooms.values()}
    for module, imported in modules.items():
        graph[rooms[module]] |= {rooms[name] for name in imported} - {rooms[module]}
    return graph


def cycles(graph: Graph) -> list[list[str]]:
    """The sets of two or more nodes that reach one another (strongly connected components)."""
    reached = {node: _reachable(graph, node) for node in graph}
    found = {frozenset(other for other in reached[node] if node in reached[other]) for node in graph}
    return sorted(sorted(members) for members in found if len(members) > 1)


def _imports(source: Source, known: set[str]) -> Iterator[str]:
    for node in source.nodes:
        yield from (name for name in _named(node, known) if name in known)


def _named(node: ast.AST, known: set[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        for alias in node.names:
            name = f"{node.module}.{alias.name}"
            yield name if name in known else node.module
    elif isinstance(node, ast.Call) and _is_import_call(node.func):
        yield from (str(name.value) for name in node.args[:1] if isinstance(name, ast.Constant))


def _is_import_call(function: ast.expr) -> bool:
    return getattr(function, "attr", getattr(function, "id", "")) in {"import_module", "__import__"}


def _room(source: Source) -> str:
    top, *nested = source.folder.split(".")
    if nested:
        return f"{top}.{nested[0]}"
    entrance = source.path.stem in {"__init__", "__main__"}
    return f"{top}.{source.path.stem}" if entrance else top


def _reachable(graph: Graph, start: str) -> set[str]:
    seen, waiting = set[str](), [start]
    while waiting:
        for node in graph[waiting.pop()] - seen:
            seen.add(node)
            waiting.append(node)
    return seen
