"""Record which environment uses a drive: its state belongs to one set of agents, so that two cannot share it."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from functools import partial

from dualbrain.steering.reward_module import RewardModule

_SERVES: dict[int, tuple[weakref.ref[RewardModule], weakref.ref[object]]] = {}
"""By the module's id, since modules compare by value: the module, and the body that it serves."""


def serve_another(modules: Iterable[RewardModule], body: object) -> bool:
    """Return whether some module serves a body other than ``body`` that still exists."""
    others = [_SERVES[id(module)][1]() for module in modules if id(module) in _SERVES]
    return any(other is not None and other is not body for other in others)


def serve(modules: Iterable[RewardModule], body: object) -> None:
    """Assign modules to ``body``, and take them from any other."""
    release(body)
    for module in modules:
        _SERVES[id(module)] = weakref.ref(module, partial(_forget, id(module))), weakref.ref(body)


def release(body: object) -> None:
    """Release the modules of ``body``, so that another one may use them."""
    for key in [key for key, (_, served) in _SERVES.items() if served() in (body, None)]:
        del _SERVES[key]


def _forget(key: int, _: object) -> None:
    _SERVES.pop(key, None)
