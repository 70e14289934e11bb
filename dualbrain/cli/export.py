"""Write fresh episodes of a trained agent as tables: a row per step, and a row per episode."""

from __future__ import annotations

import argparse
from pathlib import Path

from dualbrain.cli.recordings import add_recording_arguments, recording_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_recording_arguments(parser)
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv", help="of the tables (default: csv)")
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="where to (default: RUN/export)")


def run(args: argparse.Namespace) -> int:
    """Play or find the episodes, and write the tables and what their columns mean."""
    from rich.console import Console

    from dualbrain.inspection.columns import columns_of
    from dualbrain.inspection.table_file import describe, write_table
    from dualbrain.inspection.tables import episode_columns, episodes_of, steps_of

    folder, recording = recording_of(args)
    output = args.output or folder / "export"
    tables = {
        "steps": steps_of(recording),
        "steps_columns": describe(columns_of(recording)),
        "episodes": episodes_of(recording),
        "episodes_columns": describe(episode_columns(recording)),
    }
    for name, table in tables.items():
        path = write_table(table, output / f"{name}.{args.format}")
        rows = len(next(iter(table.values())))
        Console().print(f"{path}: {rows:,} rows, {len(table)} columns", highlight=False, soft_wrap=True)
    return 0
