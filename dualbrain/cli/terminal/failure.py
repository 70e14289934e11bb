"""Report an exception of user code or a library, with the place where it was raised."""

from __future__ import annotations

import sys
import traceback

from dualbrain.errors import shortened
from dualbrain.origin import notes_of, own_line, reason


def tell(error: Exception) -> None:
    """Print one line that says whose code raised an exception, and its traceback below."""
    line = own_line(error)
    if line:
        what = f"your own code raised {reason(error)}{notes_of(error)}"
        print(f"dualbrain: error: {what}; this is where:", file=sys.stderr)
    else:
        what = f"unexpected {reason(error)}{notes_of(error)}"
        print(f"dualbrain: error: {what}; if nothing of your own caused it, please report this:", file=sys.stderr)
    traceback.print_exception(error)


def mistake(error: Exception) -> str | None:
    """Describe in one line an error of files that the user can correct; None for any other exception."""
    if own_line(error):
        return None
    if isinstance(error, OSError) and error.filename:
        return f"cannot use {error.filename2 or error.filename}: {error.strerror}"
    if isinstance(error, UnicodeEncodeError):
        return f"'{shortened(error.object)}' has letters that the locale lacks: set PYTHONUTF8=1, or choose plain ones"
    return None
