"""Play fresh episodes with a trained agent, and compare it to a random one."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add = parser.add_argument
    add("model", metavar="RUN", help="a run folder, a folder of runs (the newest counts), or a model file")
    add("--episodes", type=int, default=100, metavar="N", help="fresh episodes to play (default: 100)")
    add("--random", action="store_true", help="play as many with random actions, for comparison")
    add("--seed", type=int, help="seed of the fresh episodes (default: one that training did not use)")
    add("--env", help="Gymnasium id of the world (default: the one trained in)")


def run(args: argparse.Namespace) -> int:
    """Play, and show the figures."""
    return 0
