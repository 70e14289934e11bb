"""Files that are there whole or not at all, whoever writes them and whatever ends the writing."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PARTIAL = ".partial-"
"""Beginning of the names of files and folders that are being written, or were when their writer was killed."""


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Give a temporary path, which becomes ``path`` when the block ends well and vanishes when it does not.

    No other writer has the same temporary path. What was at ``path`` stays until the new file is on the disk.
    """
    temporary = path.with_name(f"{PARTIAL}{os.getpid()}-{secrets.token_hex(4)}{path.suffix}")
    try:
        yield temporary
        _flush(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    with suppress(OSError):  # the name is there; some file systems flush no folders
        _flush(path.parent)


def _flush(path: Path) -> None:
    """Wait until a file or a folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
