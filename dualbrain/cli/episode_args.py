"""Flags that `export` and `watch` share: the run and its episodes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from dualbrain.cli.evaluate import FRESH
from dualbrain.cli.train import DEFAULT_STEPS
from dualbrain.cli.trusting import add_trust
from dualbrain.errors import UserError
from dualbrain.structured.ranges import EPISODES, SEED, STEPS

if TYPE_CHECKING:
    from dualbrain.episodes.record import Recording
    from dualbrain.runs.config import RunConfig


def add_recording_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags that choose episodes."""
    add = parser.add_argument
    add("run_folder", metavar="RUN", help="a run folder, or a folder of runs (the newest counts)")
    played = f"fresh episodes, played with the saved brain, {EPISODES} (default: 8)"
    add("--episodes", type=EPISODES, default=8, metavar="N", help=played)
    add("--max-steps", type=STEPS, metavar="STEPS", help=f"cut an episode off after {DEFAULT_STEPS}")
    add(
        "--seed",
        type=SEED,
        default=FRESH,
        help=f"of worlds and actions, {SEED} (default: {FRESH}, far from training's)",
    )
    add_trust(parser)


def run_of(args: argparse.Namespace) -> tuple[Path, RunConfig]:
    """Return the model that is asked for, and what its run was.

    Raises `UserError` where there is no run.
    """
    from dualbrain.runs.build import import_packages
    from dualbrain.runs.config import RunConfig
    from dualbrain.runs.found import read_found
    from dualbrain.runs.models import config_beside, find_model
    from dualbrain.structured.tables import from_dict

    model = find_model(args.run_folder)
    beside = config_beside(model)
    if beside is None:
        raise UserError(f"{model} is not in a run folder: there is no config.toml beside it")
    config = from_dict(RunConfig, read_found(beside), str(beside))
    import_packages(config.gym_packages)
    return model, config


def recording_of(args: argparse.Namespace, drawn: bool = False) -> tuple[Path, Recording]:
    """Return the run's folder, and the episodes that were asked for, ``drawn`` or not.

    Raises `UserError` where there is no run.
    """
    from dualbrain.runs.notable_episodes import recorded

    model, config = run_of(args)
    return model.parent, recorded(model, config, args.episodes, args.seed, drawn, args.max_steps)
