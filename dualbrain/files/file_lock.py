"""Lock a folder, so that one process at a time uses it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from dualbrain.errors import UserError

LOCK = ".lock"
"""Name of the file that is locked. A link of that name is never followed: it might point to any file."""


@contextmanager
def file_lock(folder: Path, what: str) -> Iterator[None]:
    """Lock a folder for this process for the time of a block; ``what`` names such processes in errors.

    Raises `UserError` where another one is at work in it, or it cannot be written.
    """
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise UserError(f"another {what} is at work in {folder}: wait for it, or choose another with -f") from error
    except OSError as error:
        raise UserError(f"cannot write in {folder}: {error.strerror}") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def holding(folder: Path, taken: str) -> Iterator[None]:
    """Lock a folder for the time of a block and leave no file in it; do nothing where folders cannot be locked.

    Raises `UserError`, which says what is ``taken``, where another process holds it, and where a link stands in the
    lock's place.
    """
    lock, path = FileLock(folder / LOCK, timeout=0), folder / LOCK
    if path.is_symlink():
        raise UserError(f"{path} is a link, not a lock of a run: remove it")
    try:
        lock.acquire()
    except Timeout as error:
        raise UserError(taken) from error
    except OSError:  # some network file systems, and folders that may only be read
        pass
    try:
        yield
    finally:
        if lock.is_locked:
            with suppress(OSError):  # Windows removes it after the release
                path.unlink()
        lock.release()
