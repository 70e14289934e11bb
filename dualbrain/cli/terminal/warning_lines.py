"""Print warnings of libraries in one line each, and each only once."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from dualbrain.origin import is_own


@contextmanager
def warnings_in_lines() -> Iterator[None]:
    """Print every warning as one line, without colours, the first time it is given."""
    said: set[str] = set()

    def form(message: Warning | str, _: type[Warning], filename: str, lineno: int, *__: Any) -> str:
        line = line_of(message, filename, lineno)
        if line in said:
            return ""
        said.add(line)
        return f"{line}\n"

    usual = warnings.formatwarning
    warnings.formatwarning = cast("Any", form)
    try:
        yield
    finally:
        warnings.formatwarning = usual


def line_of(message: Warning | str, filename: str, lineno: int) -> str:
    r"""Write a warning as one line, with its place where that is in the user's own code.

    >>> line_of("\x1b[33mWARN: it is\nold\x1b[0m", "world.py", 3)
    'dualbrain: warning: it is old'
    """
    text = " ".join(re.sub(r"\x1b\[[\d;]*m", "", str(message)).split()).removeprefix("WARN: ")
    return f"dualbrain: warning: {text}" + (f" ({filename}, line {lineno})" if is_own(filename) else "")
