"""What is said of an exception that is no mistake on the command line: whose code raised it, and where."""

from __future__ import annotations

import sys
import traceback

from dualbrain.origin import own_line, reason


def tell(error: Exception) -> None:
    """Print one line that says whose code raised an exception, and its traceback below."""
    line = own_line(error)
    if line:
        print(f"dualbrain: error: your own code raised {reason(error)}; this is where:", file=sys.stderr)
    else:
        what = f"unexpected {reason(error)}"
        print(f"dualbrain: error: {what}; if nothing of your own caused it, please report this:", file=sys.stderr)
    traceback.print_exception(error)


def gist(error: OSError) -> str:
    """Say in one line which file or address could not be used, and why."""
    return f"cannot use {error.filename2 or error.filename}: {error.strerror}"
