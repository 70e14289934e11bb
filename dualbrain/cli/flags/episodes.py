"""Flags that `export` and `watch` share: the run and its episodes."""

from __future__ import annotations

import argparse

from dualbrain.cli.flags.evaluate import FRESH
from dualbrain.cli.flags.train import DEFAULT_STEPS
from dualbrain.cli.flags.trusting import add_trust
from dualbrain.structured.ranges import EPISODES, SEED, STEPS


def add_recording_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags that choose episodes."""
    add = parser.add_argument
    add("run_folder", metavar="RUN", help="a run folder, or a folder of runs (the newest is used)")
    played = f"number of fresh episodes, {EPISODES} (default: 8)"
    add("--episodes", type=EPISODES, default=8, metavar="N", help=played)
    add("--max-steps", type=STEPS, metavar="STEPS", help=f"end an episode after {DEFAULT_STEPS}")
    add(
        "--seed",
        type=SEED,
        default=FRESH,
        help=f"seed of worlds and actions, {SEED} (default: {FRESH}, unlike those of training)",
    )
    imagined = "also record what a world model imagined at each step: short predictions 1, 5 and 15 steps ahead"
    add("--imagined", action="store_true", help=imagined)
    add_trust(parser)
