"""Load observers by name: those that a run is given beside the algorithm's own."""

from __future__ import annotations

from dualbrain.errors import UserError
from dualbrain.files.trust import check_named
from dualbrain.origin import reason
from dualbrain.registry import OBSERVERS, load
from dualbrain.training.observer import Observer


def load_observer(name: str) -> Observer:
    """Return a new observer of the class registered as ``name``, or at a dotted path.

    Raises `UserError` for what is no class of observers, or takes arguments, and for a path in a file that may not name
    it.
    """
    if ":" in name:
        check_named(name)
    found = load(OBSERVERS, "observer", name)
    if not (isinstance(found, type) and issubclass(found, Observer)):
        raise UserError(f"{name} is no observer: it must be a class derived from dualbrain.training.observer:Observer")
    try:
        return found()
    except Exception as error:
        raise UserError(f"observer '{name}' cannot be made: {reason(error)}") from error
