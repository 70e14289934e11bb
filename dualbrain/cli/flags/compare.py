"""Compare steering subsystems in one world, over seeds.

Every condition is a name and the steering flags that ``dualbrain train`` would get. What is compared is behaviour,
as the world's own score and senses tell it, never the rewards.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dualbrain.cli.flags.settings import add_settings
from dualbrain.cli.flags.trusting import add_trust
from dualbrain.structured.ranges import EPISODES, PROCESSES, RUNS, SEED

OF_TRAIN = ("algo", "n_timesteps", "n_envs", "device", "gym_packages", "env_kwargs", "hyperparams", "eval_freq")
"""Flags of ``dualbrain train`` that hold for all conditions."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags, named as in ``dualbrain train`` where it has them."""
    add = parser.add_argument
    add("env", metavar="ENV", help="Gymnasium id of the world")
    add(
        "--condition",
        action="append",
        default=[],
        metavar="NAME=STEERING",
        help="a steering subsystem, by name: drives as in fear=hunger:5,flinch, a file as in fear=fear.toml, or either "
        "followed by flags of dualbrain train, as in 'plain=hunger --no-assessors'; the first is the reference; may be "
        "left out where algorithms are compared",
    )
    add("--seeds", type=RUNS, default=5, metavar="N", help=f"runs per condition, {RUNS} (default: 5)")
    add("--seed", type=SEED, default=0, help=f"the first of their seeds, {SEED} (default: 0)")
    at_a_time = f"number of runs trained at a time, {PROCESSES} (default: 1)"
    add("-j", "--n-jobs", "--jobs", type=PROCESSES, default=1, metavar="N", help=at_a_time)
    count = f"number of fresh episodes per run, {EPISODES} (default: 100)"
    add("--episodes", type=EPISODES, default=100, metavar="N", help=count)
    add("-f", "--log-folder", type=Path, default=Path("runs/compare"), metavar="DIR", help="folder of this comparison")
    add("--config", type=Path, metavar="FILE", help="settings in TOML that all conditions share; flags override them")
    several = "learning algorithms, as in ppo,dqn: every condition is trained with each of them (default: ppo)"
    add("--algo", metavar="ALGO[,ALGO...]", help=several)
    add_settings(add, lambda setting: setting.dest in OF_TRAIN and setting.dest != "algo")
    add("--no-progress", action="store_true", help="no progress bar")
    add_trust(parser)
