"""Run published experiments over seeds, and test their claims and their controls, which must fail."""

from __future__ import annotations

import argparse
from pathlib import Path

from dualbrain.structured.ranges import PROCESSES, RUNS

ACTS = {
    "list": "list the experiments",
    "run": "run the missing seeds, test the claims, and report",
    "report": "write one page of all stored results",
}
"""Subcommands with their help."""
FOLDER, PAGE = Path("runs/lab"), Path("docs/lab.md")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done, each with its flags."""
    parts = parser.add_subparsers(dest="act", required=True, metavar="{" + ",".join(ACTS) + "}")
    for name, summary in ACTS.items():
        part = parts.add_parser(name, help=summary, description=summary)
        part.add_argument("-f", "--log-folder", type=Path, default=FOLDER, metavar="DIR", help=f"default: {FOLDER}")
        if name != "list":
            named = "experiments, or package.module:OBJECT"
            part.add_argument("names", nargs="*", metavar="NAME", help=named)
        if name == "run":
            _add_run_arguments(part)
        if name == "report":
            part.add_argument("-o", "--output", type=Path, default=PAGE, metavar="PAGE", help=f"default: {PAGE}")


def _add_run_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--all", action="store_true", help="all registered experiments")
    add("--seeds", type=RUNS, default=20, metavar="N", help=f"seeds from 0 on, {RUNS} (default: 20)")
    add(
        "--quick",
        action="store_true",
        help="three seeds in the chamber; one with a tiny budget in worlds, without a verdict",
    )
    add("-j", "--jobs", type=PROCESSES, default=2, metavar="N", help=f"processes, {PROCESSES} (default: 2)")
    add("--fresh", action="store_true", help="run seeds again that are already stored")
    add("--no-progress", action="store_true", help="no progress bar")
