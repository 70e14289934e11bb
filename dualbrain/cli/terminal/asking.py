"""Ask the person at the terminal, where there is one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

QUESTION = "dualbrain: the model cannot be written anywhere here; in which folder is room for it? (empty: give up) "


def folders_asked_for() -> Iterator[Path]:
    """Yield folders that are typed in, asked for one by one; none without a terminal, nor after an empty line."""
    while _at_terminal():
        print(QUESTION, end="", file=sys.stderr, flush=True)
        given = sys.stdin.readline().strip()
        if not given:
            return
        yield Path(given).expanduser()


def _at_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))
