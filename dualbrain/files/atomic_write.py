"""Write files atomically: a file is complete or absent, whatever ends the writing."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PARTIAL = ".partial-"
"""Beginning of the names of files and folders that are being written, or were when their writer was killed."""


@contextmanager
def atomic_write(path: Path, through_links: bool = True) -> Iterator[Path]:
    """Give a temporary path, which becomes ``path`` when the block ends well and vanishes when it does not.

    No other writer has the same temporary path. What was at ``path`` stays until the new file is on the disk; where
    that is a link, the file that it leads to is exchanged; not ``through_links``, the link itself. Raises `OSError` for
    a path that no file can take the place of: a folder, or a device.
    """
    if path.is_symlink() and through_links:
        path = Path(os.path.realpath(path))
    _check_replaceable(path)
    temporary = path.with_name(f"{PARTIAL}{os.getpid()}-{secrets.token_hex(4)}{path.suffix}")
    try:
        yield temporary
        _flush(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    with suppress(OSError):  # the name is there; some file systems flush no folders
        _flush(path.parent)


def _check_replaceable(path: Path) -> None:
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if path.exists() and not path.is_file():
        raise FileExistsError(errno.EEXIST, "it is no file but a device or a pipe", str(path))


def _flush(path: Path) -> None:
    """Wait until a file or a folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
