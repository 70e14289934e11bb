"""Train an agent in a world under innate drives.

Every setting has one place: the flags lie over the ``--config`` file, which lies over the world's recipe.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dualbrain.cli.flags.settings import add_settings
from dualbrain.cli.flags.trusting import TRUST
from dualbrain.cli.parsing import drives
from dualbrain.structured.ranges import PICTURES

DEFAULT_STEPS = "so many steps (default: 10,000, or what the world declares, if it is more)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags: those of the drives, those that are fields of a run's configuration, those of files."""
    parser.add_argument("env", nargs="?", metavar="ENV", help="Gymnasium id of the world")
    _about_steering(parser.add_argument)
    add_settings(parser.add_argument)
    _about_files(parser.add_argument)


def _about_steering(add: Callable[..., Any]) -> None:
    """Declare the flags about the drives, and what is cut out of them."""
    add(
        "--modules",
        type=drives,
        metavar="NAME[:WEIGHT],...",
        help="drives and weights, as in hunger:5,flinch; a name is one of dualbrain list modules or "
        "package.module:Class (default: extrinsic)",
    )
    add("--steering", type=Path, metavar="FILE", help="drives, weights and stages of development in TOML")
    add(
        "--ablate",
        nargs="+",
        action="extend",
        metavar="WHAT",
        help="switch off: wire (drives read 0 for predictions), gate (a missing truth counts as 0 for the heads), "
        "worth (constant, as at the first step), head:SIGNAL (predicts 0); may be repeated",
    )
    add(
        "--no-assessors",
        action="store_true",
        help="no predictions of signals: plain reinforcement learning on the drives' reward",
    )


def _about_files(add: Callable[..., Any]) -> None:
    """Declare the flags about where settings and models come from and go."""
    add(
        "--config", type=Path, metavar="FILE", help="settings in TOML, such as a run's config.toml; flags override them"
    )
    add(
        "-f",
        "--log-folder",
        type=Path,
        default=Path("runs"),
        metavar="DIR",
        help="folder of all runs; this run is saved in DIR/ALGO/ENV_N (default: runs)",
    )
    add(
        "--resume",
        type=Path,
        metavar="RUN",
        help="continue an interrupted run in its own folder, to its own number of steps: a run folder, or a folder of "
        "runs, whose newest unfinished one is used; besides, only --time-limit, --save-every, --trust and "
        "--no-progress may be given",
    )
    add("--trust", action="store_true", help=TRUST)
    add("--no-progress", action="store_true", help="no progress bar")
    add(
        "--pictures",
        type=PICTURES,
        metavar="N",
        help=f"number of rollouts of which TensorBoard gets pictures, {PICTURES}; 0 for none (default: 8)",
    )
