"""Compare steering subsystems in one world, over seeds.

Every condition is a name and the steering flags that ``dualbrain train`` would get. What is compared is behaviour,
as the world's own score and senses tell it, never the rewards.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dualbrain.cli.flags.trusting import add_trust
from dualbrain.structured.ranges import EPISODES, INTERVAL, PROCESSES, RUNS, SEED, STEPS, WORLDS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags, named as in ``dualbrain train`` where it has them."""
    add = parser.add_argument
    add("env", metavar="ENV", help="Gymnasium id of the world")
    add(
        "--condition",
        action="append",
        required=True,
        metavar="NAME=STEERING",
        help="a steering subsystem, by name: drives as in fear=hunger:5,flinch, a file as in fear=fear.toml, or either "
        "followed by flags of dualbrain train, as in 'plain=hunger --no-assessors'; the first is the reference",
    )
    add("--seeds", type=RUNS, default=5, metavar="N", help=f"runs per condition, {RUNS} (default: 5)")
    add("--seed", type=SEED, default=0, help=f"the first of their seeds, {SEED} (default: 0)")
    at_a_time = f"number of runs trained at a time, {PROCESSES} (default: 1)"
    add("-j", "--n-jobs", "--jobs", type=PROCESSES, default=1, metavar="N", help=at_a_time)
    count = f"number of fresh episodes per run, {EPISODES} (default: 100)"
    add("--episodes", type=EPISODES, default=100, metavar="N", help=count)
    add("-n", "--n-timesteps", type=STEPS, metavar="STEPS", help=f"{STEPS}, per run (default: the world's recipe)")
    add("-f", "--log-folder", type=Path, default=Path("runs/compare"), metavar="DIR", help="folder of this comparison")
    add("--config", type=Path, metavar="FILE", help="settings in TOML that all conditions share; flags override them")
    add("--algo", help="learning algorithm (default: ppo)")
    add("--n-envs", type=WORLDS, metavar="N", help=f"parallel worlds, {WORLDS} (default: the world's recipe)")
    often = f"evaluate while training every so many steps, {INTERVAL}; 0 for never"
    add("--eval-freq", type=INTERVAL, metavar="STEPS", help=often)
    add("--device", help="cpu, cuda, cuda:N or auto (default: auto)")
    add("--env-kwargs", nargs="+", action="extend", metavar="KEY:VALUE", help="keyword arguments of the world")
    add(
        "-params",
        "--hyperparams",
        nargs="+",
        action="extend",
        metavar="KEY:VALUE",
        help="keyword arguments of the algorithm",
    )
    add("--gym-packages", nargs="+", metavar="PACKAGE", help="packages to import, which register worlds")
    add("--no-progress", action="store_true", help="no progress bar")
    add_trust(parser)
