"""Errors of one line: what was wrong, where, what is valid, and the nearest match."""

from __future__ import annotations

from collections.abc import Iterable

from dualbrain.spelling import nearest

LONGEST = 100
"""Characters of a name that an error repeats."""


class UserError(ValueError):
    """A mistake of the user's, reported in one line; the command line exits with code 2."""


class SignalError(UserError):
    """A reward module emitted something it did not declare: names module, signal, environment and value."""


class NonFiniteError(UserError):
    """A world, a drive or an update gave a number that is NaN or infinite: names where it came from."""


class SaveError(Exception):
    """A model could not be written where it belongs: says where it is instead; the command line exits with 1."""


def unknown(what: str, name: str, valid: Iterable[str], where: str = "") -> UserError:
    """Build the error for a name that does not exist, with the nearest one that does.

    >>> str(unknown("sense", "enrgy", ["energy", "hydration"], where=" (read by hunger.worth)"))
    "unknown sense 'enrgy' (read by hunger.worth): did you mean 'energy'? Valid: energy, hydration"
    """
    choices = sorted(valid)
    match = nearest(name, choices)
    hint = f"did you mean '{match}'? " if match else ""
    return UserError(f"unknown {what} '{shortened(name)}'{where}: {hint}Valid: {', '.join(choices) or 'none'}")


def shortened(name: str) -> str:
    """Return a name short enough to be repeated in one line."""
    return name if len(name) <= LONGEST else f"{name[:LONGEST]}..."
