"""Lock a folder, so that one process at a time uses it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from dualbrain.errors import UserError

LOCK = ".lock"


@contextmanager
def file_lock(folder: Path, what: str) -> Iterator[None]:
    """Lock a folder for this process for the time of a block; ``what`` names such processes in errors.

    Raises `UserError` where another one is at work in it, or it cannot be written.
    """
    with _lock(folder, what):
        yield


@contextmanager
def holding(folder: Path, taken: str) -> Iterator[None]:
    """Lock a folder without a lock file for the time of a block; do nothing where folders cannot be locked.

    Raises `UserError`, which says what is ``taken``, where another process holds it.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise UserError(taken) from error
    except OSError:  # some network file systems
        pass
    try:
        yield
    finally:
        os.close(descriptor)


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
