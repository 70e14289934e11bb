"""Evaluate a trained agent in fresh episodes, and compare it with a random one."""

from __future__ import annotations

import argparse

from dualbrain.cli.flags.train import DEFAULT_STEPS
from dualbrain.cli.flags.trusting import add_trust
from dualbrain.structured.ranges import EPISODES, SEED, STEPS, WORLDS

FRESH = 1_000_000
"""Seed of the episodes, far from those that training and its evaluations use."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add = parser.add_argument
    add("model", metavar="RUN", help="a run folder, a folder of runs (the newest is used), or a model file")
    add(
        "--episodes",
        type=EPISODES,
        default=100,
        metavar="N",
        help=f"number of fresh episodes, {EPISODES} (default: 100)",
    )
    add("--random", action="store_true", help="also evaluate random actions in as many episodes")
    add(
        "--seed",
        type=SEED,
        default=FRESH,
        help=f"seed of worlds and actions, {SEED} (default: {FRESH}, unlike those of training)",
    )
    add("--env", metavar="ENV", help="Gymnasium id of the world (default: the training world)")
    add(
        "--env-kwargs",
        nargs="+",
        action="extend",
        metavar="KEY:VALUE",
        help="keyword arguments of the world, as in size:12; in the training world they override those of training, "
        "another world gets these only",
    )
    add(
        "--n-envs",
        type=WORLDS,
        metavar="N",
        help=f"parallel worlds, {WORLDS} (default: one per episode; at most 10 of worlds that are not native)",
    )
    add("--max-steps", type=STEPS, metavar="STEPS", help=f"end an episode after {DEFAULT_STEPS}")
    add("--algo", help="learning algorithm (default: that of the training)")
    add("--deterministic", action="store_true", help="take the most probable action instead of sampling as in training")
    add_trust(parser)
