"""Write fresh episodes of a trained agent as tables, a row per step and a row per episode; or its policy alone."""

from __future__ import annotations

import argparse
from pathlib import Path

from dualbrain.cli.flags.episodes import add_recording_arguments


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_recording_arguments(parser)
    parser.add_argument(
        "--format", choices=("csv", "parquet"), default="csv", help="format of the tables (default: csv)"
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="PATH", help="folder or file to write (default: RUN/export)"
    )
    parser.add_argument(
        "--policy",
        action="store_true",
        help="write no tables, but the policy as a TorchScript file, which needs torch only, and beside it a "
        "description of its inputs and outputs (default: RUN/policy.pt)",
    )
