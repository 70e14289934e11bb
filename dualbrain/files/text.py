"""Read and write text files as UTF-8 with one kind of line end."""

from __future__ import annotations

from pathlib import Path


def read_text(path: Path) -> str:
    """Read a text file in UTF-8, with or without a byte order mark; raises `OSError` or `UnicodeDecodeError`."""
    return path.read_text(encoding="utf-8-sig")


def write_text(path: Path, text: str) -> None:
    r"""Write a text file in UTF-8 with line ends ``\n``, whatever the locale and the system.

    Letters of the command line that Python could not decode in the locale are written as the bytes that they were.
    """
    path.write_text(text, encoding="utf-8", errors="surrogateescape", newline="\n")
