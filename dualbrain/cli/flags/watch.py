"""Write a page that plays fresh episodes of a trained agent with its predictions, senses and rewards."""

from __future__ import annotations

import argparse
from pathlib import Path

from dualbrain.cli.flags.episodes import add_recording_arguments


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_recording_arguments(parser)
    add = parser.add_argument
    add("-o", "--output", type=Path, metavar="FILE", help="the page to write (default: RUN/watch.html)")
    add("--open", action=argparse.BooleanOptionalAction, default=False, help="open it in a browser (default: no)")
