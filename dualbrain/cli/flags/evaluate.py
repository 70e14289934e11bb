"""Play fresh episodes with a trained agent, and compare it to a random one."""

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
    add("model", metavar="RUN", help="a run folder, a folder of runs (the newest counts), or a model file")
    add(
        "--episodes", type=EPISODES, default=100, metavar="N", help=f"fresh episodes to play, {EPISODES} (default: 100)"
    )
    add("--random", action="store_true", help="play as many with random actions, for comparison")
    add(
        "--seed",
        type=SEED,
        default=FRESH,
        help=f"seed of worlds and actions, {SEED} (default: {FRESH}, far from training's)",
    )
    add("--env", metavar="ENV", help="Gymnasium id of the world (default: the one trained in)")
    add(
        "--env-kwargs",
        nargs="+",
        action="extend",
        metavar="KEY:VALUE",
        help="keyword arguments of the world, as in size:12; in the world trained in they lie over those of training, "
        "in another they are all",
    )
    add(
        "--n-envs",
        type=WORLDS,
        metavar="N",
        help=f"parallel worlds, {WORLDS} (default: one per episode; 10 at most of foreign ones)",
    )
    add("--max-steps", type=STEPS, metavar="STEPS", help=f"cut an episode off after {DEFAULT_STEPS}")
    add("--algo", help="learning algorithm (default: the one trained with)")
    add("--deterministic", action="store_true", help="take the likeliest action instead of sampling as in training")
    add_trust(parser)
