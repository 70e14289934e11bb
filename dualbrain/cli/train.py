"""Train an agent in a world under innate drives.

Every setting has one place: the flags lie over the ``--config`` file, which lies over the world's recipe.
"""

from __future__ import annotations

import argparse
import logging
import shlex
import sys
from typing import Any

from rich.console import Console

from dualbrain.cli.flags.settings import stated
from dualbrain.cli.parsing import parse_ablations, parse_modules
from dualbrain.cli.report import show_closing, show_opening
from dualbrain.cli.terminal.asking import folders_asked_for
from dualbrain.errors import UserError
from dualbrain.files.interrupts import exit_code
from dualbrain.runs.build import import_packages, recipe
from dualbrain.runs.checkpoint.resume import prepare_again
from dualbrain.runs.config import RunConfig
from dualbrain.runs.found import read_found
from dualbrain.runs.models import config_beside, find_model
from dualbrain.runs.prepared import prepare
from dualbrain.runs.train import train
from dualbrain.steering.file import compose, read_config
from dualbrain.structured.tables import from_dict, merge, read_toml, to_dict

COMMAND_LINE = "the command line"


def run(args: argparse.Namespace) -> int:
    """Train, then say how it went and how to look."""
    run = _resumed(args) if args.resume else prepare(*configuration(args))
    console = Console()
    show_opening(run, console)
    bar = console if console.is_terminal and not args.no_progress else None
    trained = train(run, args.log_folder, shlex.join(["dualbrain", *args.argv]), bar, folders_asked_for())
    show_closing(trained, console)
    if trained.interrupted:
        saved = f"the model is saved in {trained.folder.model}"
        again = f"dualbrain train --resume {trained.folder.path} goes on"
        print(f"dualbrain: interrupted; {saved}; {again}", file=sys.stderr)
    return exit_code(trained.signal) if trained.interrupted else 0


def _resumed(args: argparse.Namespace) -> Any:
    """Return the run that is to go on; raises `UserError` for a setting that would make another run of it."""
    allowed = {"argv", "command", "run", "resume", "time_limit", "save_every", "trust", "no_progress", "log_folder"}
    stated = [name for name, value in vars(args).items() if value not in (None, False) and name not in allowed]
    if stated:
        flag = "ENV" if stated[0] == "env" else f"--{stated[0].replace('_', '-')}"
        begin = f"dualbrain train -i {args.resume} begins a new run with its brain"
        raise UserError(f"--resume goes on with the settings of {args.resume}: leave {flag} out ({begin})")
    return prepare_again(args.resume, **_given(time_limit=args.time_limit, save_every=args.save_every))


def configuration(args: argparse.Namespace) -> tuple[Any, str]:
    """Return the whole configuration, and the name of its source for errors."""
    file = _file(args)
    flags = merge(_flags(args), parse_ablations(args.ablate))
    tables = merge({**_fitting(file[0], args.env), **_steering(args)}, flags)
    if "modules" in flags:
        tables["modules"] = flags["modules"]
    if not tables.get("env"):
        raise UserError("which world? Give an environment id, as in: dualbrain train dualbrain/Forage-v0")
    asked = from_dict(RunConfig, tables, file[1])
    import_packages(asked.gym_packages)
    only_extrinsic = {} if asked.modules else {"modules": parse_modules("extrinsic")}
    return from_dict(RunConfig, merge(recipe(asked.env, asked.algo), only_extrinsic, tables), file[1]), file[1]


def _file(args: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Return the tables that the flags lie over, and where they come from."""
    if args.config is not None:
        return read_toml(args.config), str(args.config)
    beside = config_beside(find_model(args.trained_agent)) if args.trained_agent else None
    return ({}, COMMAND_LINE) if beside is None else (read_found(beside), str(beside))


def _fitting(tables: dict[str, Any], env: str | None) -> dict[str, Any]:
    """Return the tables of a file without the keyword arguments of its world, where another world is asked for."""
    if env in (None, tables.get("env")) or not (tables.get("env") and tables.get("env_kwargs")):
        return tables
    logging.getLogger("dualbrain").warning(
        "the env_kwargs of %s are not taken over by %s: state them with --env-kwargs", tables["env"], env
    )
    return {name: table for name, table in tables.items() if name != "env_kwargs"}


def _steering(args: argparse.Namespace) -> dict[str, Any]:
    """Return the tables of a steering file, which take the place of those below it."""
    if args.steering is None:
        return {}
    if args.modules:
        raise UserError("--modules and --steering both say which drives: give one of them")
    config = read_config(args.steering)
    compose(config, str(args.steering))
    tables: dict[str, Any] = to_dict(config)
    return tables


def _flags(args: argparse.Namespace) -> dict[str, Any]:
    """Return what the flags state, as tables of a configuration."""
    hyperparams = {"hyperparams": {"pictures": args.pictures}} if args.pictures is not None else {}
    drives = parse_modules(args.modules or "")
    others = {"env": args.env, "modules": drives or None, "assess": False if args.no_assessors else None}
    return merge(stated(args), hyperparams, _given(**others))


def _given(**flags: Any) -> dict[str, Any]:
    """Return the flags that were given."""
    return {key: value for key, value in flags.items() if value is not None}
