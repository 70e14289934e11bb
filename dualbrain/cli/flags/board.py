"""Serve runs in TensorBoard."""

from __future__ import annotations

import argparse
from pathlib import Path

from dualbrain.structured.ranges import PORT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add = parser.add_argument
    add("runs", nargs="?", type=Path, default=Path("runs"), metavar="RUNS", help="a run folder, or a folder of runs")
    add("--host", default="localhost", help="address to serve on (default: localhost)")
    add("--port", type=PORT, default=6006, help=f"port to serve on, {PORT} (default: 6006)")
