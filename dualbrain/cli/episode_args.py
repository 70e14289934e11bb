"""Find the run, and its episodes, that `export` and `watch` are asked for."""

from __future__ import annotations

import argparse
from pathlib import Path

from dualbrain.episodes.record import Recording
from dualbrain.errors import UserError
from dualbrain.runs.build import import_packages
from dualbrain.runs.config import RunConfig
from dualbrain.runs.found import read_found
from dualbrain.runs.models import config_beside, find_model
from dualbrain.runs.notable_episodes import recorded
from dualbrain.structured.tables import from_dict


def run_of(args: argparse.Namespace) -> tuple[Path, RunConfig]:
    """Return the model that is asked for, and what its run was.

    Raises `UserError` where there is no run.
    """
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
    model, config = run_of(args)
    return model.parent, recorded(model, config, args.episodes, args.seed, drawn, args.max_steps, args.imagined)
