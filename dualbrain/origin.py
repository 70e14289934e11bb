"""Where an exception was raised: in a user's own code, or in a library."""

from __future__ import annotations

import sysconfig
import traceback
from collections.abc import Iterator
from pathlib import Path

from dualbrain.errors import UserError

_CHECKOUT = Path(__file__).parent.parent
OURS = tuple(_CHECKOUT / name for name in ("dualbrain", "agents", "envs", "reward_modules", "experiments"))
LIBRARIES = (*OURS, *(Path(sysconfig.get_path(kind)) for kind in ("stdlib", "platstdlib", "purelib", "platlib")))
"""Folders whose code is not the user's."""


def own_line(error: BaseException) -> traceback.FrameSummary | None:
    """Return the innermost line of the user's own code that an exception went through; None where there is none.

    An exception that was raised while handling another one, or because of it, is followed back to that one.
    """
    for link in _chain(error):
        own = [frame for frame in traceback.extract_tb(link.__traceback__) if is_own(frame.filename)]
        if own:
            return own[-1]
    return None


def is_ours(error: BaseException) -> bool:
    """Return whether an exception was raised by this project's own code."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and any(Path(frames[-1].filename).is_relative_to(folder) for folder in OURS)


def place(error: BaseException) -> str:
    """Return the file and line of the user's own code that raised an exception, as `` (FILE, line N)``, or ""."""
    line = own_line(error)
    return f" ({line.filename}, line {line.lineno})" if line else ""


def reason(error: BaseException) -> str:
    """Describe an exception in one line, with the place in the user's own code where it was raised."""
    if isinstance(error, SyntaxError):
        return f"syntax error in {error.filename}, line {error.lineno}: {error.msg}"
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said}".removesuffix(": ") + place(error)


def in_a_line(error: BaseException) -> str:
    """Describe an error in one line, which is never empty: the text of a `UserError`, or else `reason`.

    >>> in_a_line(UserError("unknown sense 'enrgy'")), in_a_line(KeyError("energy")), in_a_line(AssertionError())
    ("unknown sense 'enrgy'", "KeyError: 'energy'", 'AssertionError')
    """
    said = " ".join(str(error).split())
    return said if isinstance(error, UserError) and said else reason(error)


def notes_of(error: BaseException) -> str:
    """Return what was added to an exception on its way, such as where the model is."""
    return "".join(f"; {note}" for note in getattr(error, "__notes__", ()))


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def is_own(filename: str) -> bool:
    """Return whether a source file is the user's own, not a library's."""
    path = Path(filename)
    installed = {"site-packages", "dist-packages"} & {*path.parts}
    return path.is_absolute() and not installed and not any(path.is_relative_to(folder) for folder in LIBRARIES)
