"""Train an agent in a world under innate drives.

Every setting has one place: the flags lie over the ``--config`` file, which lies over the world's recipe.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dualbrain.cli.flags.trusting import TRUST
from dualbrain.cli.parsing import drives
from dualbrain.structured.ranges import EPISODES, INTERVAL, PICTURES, SAVE_EVERY, SECONDS, SEED, STEPS, THREADS, WORLDS

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


def _about_learning(add: Callable[..., Any]) -> None:
    """Declare the flags about the algorithm, and for how long it learns."""
    add("--algo", help="learning algorithm (default: ppo); see dualbrain list agents")
    add(
        "-n",
        "--n-timesteps",
        type=STEPS,
        metavar="STEPS",
        help=f"training steps of all agents together, {STEPS} (default: the world's recipe)",
    )
    add("--seed", type=SEED, help=f"seed of worlds, networks and actions, {SEED} (default: 0)")
    add(
        "--time-limit",
        type=SECONDS,
        metavar="SECONDS",
        help=f"stop training after so many seconds, {SECONDS}",
    )
    add(
        "--stop-on-alarm",
        action=argparse.BooleanOptionalAction,
        help="end training at an alarm of the audit; the model is saved, the exit code is 0 (default: continue)",
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
    add("--gym-packages", nargs="+", metavar="PACKAGE", help="packages to import, which register worlds")


def _about_evaluation(add: Callable[..., Any]) -> None:
    """Declare the flags about evaluation on the way."""
    often = f"evaluate on fresh episodes every so many steps, {INTERVAL}; 0 for never"
    add("--eval-freq", type=INTERVAL, metavar="STEPS", help=often)
    add("--eval-episodes", type=EPISODES, metavar="N", help=f"episodes per evaluation, {EPISODES}")
    add("--n-eval-envs", type=WORLDS, metavar="N", help=f"parallel worlds to evaluate in, {WORLDS}")
    add("--eval-max-steps", type=STEPS, metavar="STEPS", help=f"end an episode of an evaluation after {DEFAULT_STEPS}")


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
        "-i",
        "--trained-agent",
        metavar="FILE",
        help="continue training of this model in a new run: a file, or a run folder, whose settings are used",
    )
    add(
        "--resume",
        type=Path,
        metavar="RUN",
        help="continue an interrupted run in its own folder, to its own number of steps: a run folder, or a folder of "
        "runs, whose newest unfinished one is used; besides, only --time-limit, --save-every, --trust and "
        "--no-progress may be given",
    )
    add(
        "--save-every",
        type=SAVE_EVERY,
        metavar="SECONDS",
        help=f"keep model.zip at most so many seconds old, {SAVE_EVERY}; 0 writes it at the end only (default: 60)",
    )
    add("--observers", nargs="+", metavar="NAME", help="further observers of training; see dualbrain list observers")
    add("--trust", action="store_true", help=TRUST)
    add("--no-progress", action="store_true", help="no progress bar")
    add(
        "--pictures",
        type=PICTURES,
        metavar="N",
        help=f"number of rollouts of which TensorBoard gets pictures, {PICTURES}; 0 for none (default: 8)",
    )
