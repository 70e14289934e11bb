"""Find the keyword arguments that a class takes, those that it passes on to its ancestors included."""

from __future__ import annotations

import inspect
from typing import Any


def keywords_of(cls: type) -> tuple[dict[str, Any], bool]:
    """Return the arguments of a class by name with their defaults, and whether it takes others too, by ``**``.

    >>> class Plain:
    ...     def __init__(self, size, depth=2): ...
    >>> class Loud(Plain):
    ...     def __init__(self, noise=0.1, **kwargs): ...
    >>> [*keywords_of(Loud)[0]], keywords_of(Loud)[1]
    (['self', 'size', 'depth', 'noise'], False)
    """
    found: dict[str, Any] = {}
    for ancestor in cls.__mro__:
        parameters = inspect.signature(vars(ancestor)["__init__"]).parameters if "__init__" in vars(ancestor) else {}
        named = {name: p.default for name, p in parameters.items() if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)}
        found = {**named, **found}
        if parameters and not any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
            return found, False
    return found, True
