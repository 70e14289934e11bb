"""Keep printing from ending a command: where the terminal or the pipe is closed, output is dropped."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast


class Unbreakable:
    """A text stream that falls silent where it cannot be written any more."""

    def __init__(self, stream: Any):
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what can be written; return its length."""
        with self._going_on():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Write out what waits."""
        with self._going_on():
            self._stream.flush()

    @contextmanager
    def _going_on(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            self._silence()
        except ValueError:
            if not self._stream.closed:
                raise

    def _silence(self) -> None:
        """Redirect all further output to the null device, also what the interpreter writes at exit."""
        with suppress(OSError), Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), self._stream.fileno())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def unbreakable_output() -> Iterator[None]:
    """Drop output in a block where its stream cannot be written."""
    out, err = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast("Any", stream and Unbreakable(stream)) for stream in (out, err))
    try:
        yield
    finally:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
        sys.stdout, sys.stderr = out, err
