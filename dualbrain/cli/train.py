"""Train an agent in a world under innate drives.

Every setting has one place: the flags lie over the ``--config`` file, which lies over the world's recipe.
"""

from __future__ import annotations

import argparse
import logging
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dualbrain.cli.parsing import drives, parse_ablations, parse_modules, parse_settings
from dualbrain.cli.trusting import TRUST
from dualbrain.errors import UserError
from dualbrain.structured.ranges import EPISODES, INTERVAL, PICTURES, SAVE_EVERY, SECONDS, SEED, STEPS, THREADS, WORLDS

COMMAND_LINE = "the command line"
DEFAULT_STEPS = "so many steps (default: 10,000, or what the world declares, if it is more)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags, named as in rl-zoo3 where it has them."""
    parser.add_argument("env", nargs="?", metavar="ENV", help="Gymnasium id of the world")
    for declare in (_about_steering, _about_learning, _about_worlds, _about_evaluation, _about_files):
        declare(parser.add_argument)


def _about_steering(add: Callable[..., Any]) -> None:
    """Declare the flags about the drives, and what is cut out of them."""
    add(
        "--modules",
        type=drives,
        metavar="NAME[:WEIGHT],...",
        help="the drives, as in hunger:5,flinch; a name is one of dualbrain list modules or package.module:Class "
        "(default: extrinsic)",
    )
    add("--steering", type=Path, metavar="FILE", help="drives, weights and stages of development in TOML")
    add(
        "--ablate",
        nargs="+",
        action="extend",
        metavar="WHAT",
        help="cut out: wire (predictions read 0 to the drives), gate (no truth teaches that nothing happens), worth "
        "(stays as at first), head:SIGNAL (predicts 0); may be repeated",
    )
    add(
        "--no-assessors",
        action="store_true",
        help="nothing foresees the drives: plain reinforcement learning on their reward",
    )


def _about_learning(add: Callable[..., Any]) -> None:
    """Declare the flags about the algorithm, and for how long it learns."""
    add("--algo", help="learning algorithm (default: ppo); see dualbrain list agents")
    add(
        "-n",
        "--n-timesteps",
        type=STEPS,
        metavar="STEPS",
        help=f"{STEPS}: how many to train for (default: the world's recipe)",
    )
    add("--seed", type=SEED, help=f"seed of worlds, networks and actions, {SEED} (default: 0)")
    add(
        "--time-limit",
        type=SECONDS,
        metavar="SECONDS",
        help=f"stop training after so long, if its steps are not done by then: {SECONDS}",
    )
    add(
        "--stop-on-alarm",
        action=argparse.BooleanOptionalAction,
        help="end training when an alarm of the audit sounds; the model is saved, the exit code 0 (default: go on)",
    )
    add("--device", help="cpu, cuda, cuda:N or auto (default: auto)")
    add("--num-threads", type=THREADS, metavar="N", help=f"threads of torch, {THREADS} (default: the world's recipe)")
    add(
        "-params",
        "--hyperparams",
        nargs="+",
        action="extend",
        metavar="KEY:VALUE",
        help="keyword arguments of the algorithm, as in gamma:0.9 or cortex:cnn",
    )


def _about_worlds(add: Callable[..., Any]) -> None:
    """Declare the flags about the worlds."""
    add("--n-envs", type=WORLDS, metavar="N", help=f"parallel worlds, {WORLDS} (default: the world's recipe)")
    add(
        "--env-kwargs",
        nargs="+",
        action="extend",
        metavar="KEY:VALUE",
        help="keyword arguments of the world, as in size:12",
    )
    add("--gym-packages", nargs="+", metavar="PACKAGE", help="packages to import because they register worlds")


def _about_evaluation(add: Callable[..., Any]) -> None:
    """Declare the flags about evaluation on the way."""
    often = f"evaluate on fresh episodes every so many steps, {INTERVAL}; 0 for never"
    add("--eval-freq", type=INTERVAL, metavar="STEPS", help=often)
    add("--eval-episodes", type=EPISODES, metavar="N", help=f"episodes per evaluation, {EPISODES}")
    add("--n-eval-envs", type=WORLDS, metavar="N", help=f"parallel worlds to evaluate in, {WORLDS}")
    add("--eval-max-steps", type=STEPS, metavar="STEPS", help=f"cut an evaluation's episode off after {DEFAULT_STEPS}")


def _about_files(add: Callable[..., Any]) -> None:
    """Declare the flags about where settings and models come from and go."""
    add("--config", type=Path, metavar="FILE", help="settings in TOML, such as a run's config.toml; flags win")
    add(
        "-f",
        "--log-folder",
        type=Path,
        default=Path("runs"),
        metavar="DIR",
        help="folder of all runs; this one is kept in DIR/ALGO/ENV_N (default: runs)",
    )
    add(
        "-i",
        "--trained-agent",
        metavar="FILE",
        help="go on training this model: a file, or a run folder, whose settings are then taken over",
    )
    add(
        "--resume",
        type=Path,
        metavar="RUN",
        help="go on with a run that was broken off, in its own folder and to its own number of steps: a run folder, or "
        "one that holds runs, of which the newest unfinished one; of all other settings only --time-limit and "
        "--save-every may be given",
    )
    add(
        "--save-every",
        type=SAVE_EVERY,
        metavar="SECONDS",
        help=f"keep model.zip at most so old while training, {SAVE_EVERY}; 0 for at the end only (default: 60)",
    )
    add("--trust", action="store_true", help=TRUST)
    add("--no-progress", action="store_true", help="no progress bar")
    add(
        "--pictures",
        type=PICTURES,
        metavar="N",
        help=f"times of the run at which TensorBoard's pictures are made, {PICTURES}; 0 for none (default: 8)",
    )


def run(args: argparse.Namespace) -> int:
    """Train, then say how it went and how to look."""
    from rich.console import Console

    from dualbrain.cli.report import show_closing, show_opening
    from dualbrain.cli.terminal.asking import folders_asked_for
    from dualbrain.files.interrupts import exit_code
    from dualbrain.runs.prepared import prepare
    from dualbrain.runs.train import train

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
    from dualbrain.runs.checkpoint.resume import prepare_again

    allowed = {"argv", "command", "run", "resume", "time_limit", "save_every", "trust", "no_progress", "log_folder"}
    stated = [name for name, value in vars(args).items() if value not in (None, False) and name not in allowed]
    if stated:
        flag = "ENV" if stated[0] == "env" else f"--{stated[0].replace('_', '-')}"
        begin = f"dualbrain train -i {args.resume} begins a new run with its brain"
        raise UserError(f"--resume goes on with the settings of {args.resume}: leave {flag} out ({begin})")
    return prepare_again(args.resume, **_given(time_limit=args.time_limit, save_every=args.save_every))


def configuration(args: argparse.Namespace) -> tuple[Any, str]:
    """Return the whole configuration, and the name of its source for errors."""
    from dualbrain.runs.build import import_packages, recipe
    from dualbrain.runs.config import RunConfig
    from dualbrain.structured.tables import from_dict, merge

    file = _file(args)
    flags = merge(_flags(args), parse_ablations(args.ablate))
    stated = merge({**_fitting(file[0], args.env), **_steering(args)}, flags)
    if "modules" in flags:
        stated["modules"] = flags["modules"]
    if not stated.get("env"):
        raise UserError("which world? Give an environment id, as in: dualbrain train dualbrain/Forage-v0")
    asked = from_dict(RunConfig, stated, file[1])
    import_packages(asked.gym_packages)
    only_extrinsic = {} if asked.modules else {"modules": parse_modules("extrinsic")}
    return from_dict(RunConfig, merge(recipe(asked.env, asked.algo), only_extrinsic, stated), file[1]), file[1]


def _file(args: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Return the tables that the flags lie over, and where they come from."""
    from dualbrain.runs.found import read_found
    from dualbrain.runs.models import config_beside, find_model
    from dualbrain.structured.tables import read_toml

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
    from dualbrain.steering.file import compose, read_config
    from dualbrain.structured.tables import to_dict

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
    evaluation = {
        "freq": args.eval_freq,
        "episodes": args.eval_episodes,
        "n_envs": args.n_eval_envs,
        "max_steps": args.eval_max_steps,
    }
    stated = {
        "env": args.env,
        "algo": args.algo,
        "total_timesteps": args.n_timesteps,
        "n_envs": args.n_envs,
        "seed": args.seed,
        "device": args.device,
        "num_threads": args.num_threads,
        "time_limit": args.time_limit,
        "save_every": args.save_every,
        "stop_on_alarm": args.stop_on_alarm,
        "trained_agent": args.trained_agent,
        "gym_packages": args.gym_packages,
        "env_kwargs": parse_settings(args.env_kwargs),
        "hyperparams": parse_settings(args.hyperparams) | _given(pictures=args.pictures),
        "modules": parse_modules(args.modules or ""),
        "evaluation": _given(**evaluation),
        "assess": False if args.no_assessors else None,
    }
    return {key: value for key, value in stated.items() if value is not None and value != {}}


def _given(**flags: Any) -> dict[str, Any]:
    """Return the flags that were given."""
    return {key: value for key, value in flags.items() if value is not None}
