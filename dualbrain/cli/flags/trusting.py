"""The flag ``--trust``, by which a user vouches for the files that a command reads."""

from __future__ import annotations

import argparse

TRUST = (
    "you trust the authors of the model and its run folder: pickles in them are read, and code they name is imported"
)


def add_trust(parser: argparse.ArgumentParser) -> None:
    """Declare the flag."""
    parser.add_argument("--trust", action="store_true", help=TRUST)
