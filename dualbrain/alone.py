"""One process at a time in a folder."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from dualbrain.errors import UserError

LOCK = ".lock"


@contextmanager
def alone_in(folder: Path, what: str) -> Iterator[None]:
    """Keep a folder for this process as long as the block lasts; ``what`` is what such processes are called.

    Raises `UserError` where another one is at work in it, or it cannot be written.
    """
    with _lock(folder, what):
        yield


def _lock(folder: Path, what: str) -> IO[str]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("w", encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot write in {folder}: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise UserError(f"another {what} is at work in {folder}: wait for it, or choose another with -f") from error
    return lock
