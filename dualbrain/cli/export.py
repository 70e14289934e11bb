"""Write fresh episodes of a trained agent as tables, a row per step and a row per episode; or its policy alone."""

from __future__ import annotations

import argparse
import json

from rich.console import Console

from dualbrain.cli.episode_args import recording_of, run_of
from dualbrain.episodes.export import describe, write_table
from dualbrain.episodes.schema import columns_of
from dualbrain.episodes.tables import episode_columns, episodes_of, steps_of
from dualbrain.errors import UserError
from dualbrain.files.atomic_write import atomic_write
from dualbrain.files.text import write_text
from dualbrain.model_file.policy_file import policy_file
from dualbrain.runs.found import inside
from dualbrain.runs.models import load_model


def run(args: argparse.Namespace) -> int:
    """Write what is asked for."""
    return write_policy(args) if args.policy else write_tables(args)


def write_policy(args: argparse.Namespace) -> int:
    """Write the policy, and its contract as JSON beside it."""
    model, config = run_of(args)
    path = args.output or inside(model.parent, "policy.pt")
    if path.suffix == ".json":
        raise UserError(f"{path} is the file that describes the policy: name the policy, as in policy.pt")
    content, contract = policy_file(load_model(model, config.algo, device="cpu"))
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)
    with atomic_write(path.with_suffix(".json")) as temporary:
        write_text(temporary, json.dumps(contract, indent=1) + "\n")
    read = ", ".join(f"{part['name']} {tuple(part['shape'])} {part['dtype']}" for part in contract["inputs"])
    Console().print(
        f"{path} ({len(content) / 1e3:,.0f} kB) reads {read}", highlight=False, soft_wrap=True, markup=False
    )
    return 0


def write_tables(args: argparse.Namespace) -> int:
    """Play or find the episodes, and write the tables and what their columns mean."""
    folder, recording = recording_of(args)
    output = args.output or inside(folder, "export")
    if output.is_file():
        raise UserError(f"{output} is a file, not a folder: the tables are several files")
    tables = {
        "steps": steps_of(recording),
        "steps_columns": describe(columns_of(recording)),
        "episodes": episodes_of(recording),
        "episodes_columns": describe(episode_columns(recording)),
    }
    for name, table in tables.items():
        path = write_table(table, output / f"{name}.{args.format}")
        rows = len(next(iter(table.values())))
        Console().print(f"{path}: {rows:,} rows, {len(table)} columns", highlight=False, markup=False, soft_wrap=True)
    return 0
