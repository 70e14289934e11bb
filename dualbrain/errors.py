"""Errors for people: what was wrong, where, what is valid, and the nearest match."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UserError(ValueError):
    """A mistake of the user's, told in one line; the command line answers it with exit code 2."""


class SignalError(UserError):
    """A reward module emitted something it did not declare: names module, signal, environment and value."""


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """Return the valid name most like ``name``, or None where nothing is alike."""
    folded = {choice.lower(): choice for choice in valid}
    close = difflib.get_close_matches(name.lower(), folded, n=1, cutoff=0.5)
    return folded[close[0]] if close else None


def unknown(what: str, name: str, valid: Iterable[str], where: str = "") -> UserError:
    """Build the error for a name that does not exist, with the nearest one that does.

    >>> str(unknown("sense", "enrgy", ["energy", "hydration"], where=" (read by hunger.worth)"))
    "unknown sense 'enrgy' (read by hunger.worth): did you mean 'energy'? Valid: energy, hydration"
    """
    choices = sorted(valid)
    match = nearest(name, choices)
    hint = f"did you mean '{match}'? " if match else ""
    return UserError(f"unknown {what} '{name}'{where}: {hint}Valid: {', '.join(choices) or 'none'}")
