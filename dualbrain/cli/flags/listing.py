"""List the available envs, modules, senses, agents, cortices, observers or experiments."""

from __future__ import annotations

import argparse

KINDS = ("envs", "modules", "senses", "agents", "cortices", "observers", "experiments")
"""What can be listed."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument("kind", choices=KINDS, metavar="{" + ",".join(KINDS) + "}", help="what to list")
    parser.add_argument(
        "env", nargs="?", metavar="ENV", help="for envs and senses: a world whose options or senses to list"
    )
