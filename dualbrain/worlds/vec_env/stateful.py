"""The protocol of objects with ``state_dict`` and ``load_state_dict``: worlds, their wrappers, callbacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeGuard, runtime_checkable


@runtime_checkable
class Stateful(Protocol):
    """Returns its state as plain values and arrays, and restores it."""

    def state_dict(self) -> dict[str, Any]:
        """Return the complete state, as copies, which do not change with it."""

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put back what `state_dict` returned; raises an error for what it did not return."""


def is_stateful(thing: object) -> TypeGuard[Stateful]:
    """Return whether something can; its class is asked, since wrappers of a `VecEnv` answer for what is in them."""
    return issubclass(type(thing), Stateful)
