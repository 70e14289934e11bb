"""Measure whether a reward-free first life pays: steps to a criterion with and without it, in Forage and DoorKey.

In the first life the agent acts at random and only its cortex `predictive` learns; then actor and critic learn as well,
which read its thoughts beside the observation. Every run is one that ``dualbrain train --pretrain`` would make, with
the world's recipe. A finished run is kept and not made again; delete its folder to start over. Intervals are bootstraps
over seeds.

Run as ``python -m benchmarks.pretraining``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cached_runs import configuration, evaluations, first_reached, interval
from dualbrain.compare.intervals import Samples, difference
from dualbrain.worlds.sense_catalogue import brief


@dataclass(frozen=True)
class Task:
    """A world, and what counts as having learned it."""

    world: str
    drives: str
    enough: float
    """Mean score of the episodes of an evaluation,"""
    steps: int
    """length of a run, what a run counts in which it was never reached,"""
    every: int
    """steps between evaluations, and"""
    first_life: int
    """steps of pretraining."""


TASKS = (
    Task("dualbrain/Forage-v0", "hunger:5,thirst:5,salt,pain,fatigue", 500.0, 1_000_000, 50_000, 262_144),
    Task("MiniGrid-DoorKey-5x5-v0", "extrinsic,novelty", 0.9, 150_000, 5_000, 65_536),
)
EVALUATION = {"episodes": 20, "n_envs": 10, "deterministic": False}
BRAIN = {"cortex": "predictive", "reads": "both"}


def outcome(task: Task, seed: int, pretrained: bool, steps: int, root: Path) -> float:
    """Return the steps after which a run first reached the criterion; make it first if it is not kept."""
    config = configuration(
        task.world,
        task.drives,
        seed,
        steps,
        {**EVALUATION, "freq": task.every},
        hyperparams=BRAIN,
        pretrain=task.first_life if pretrained else 0,
    )
    place = root / brief(task.world) / ("pretrained" if pretrained else "from_birth")
    kept = evaluations(config, place, f"python -m benchmarks.pretraining --steps {steps}")
    return first_reached(kept["timesteps"], kept["results"].mean(axis=1), task.enough)


def table(found: Mapping[Task, Sequence[Sequence[float]]]) -> str:
    """Lay out the steps without and with a first life, and their difference, in Markdown."""
    lines = ["| world | criterion | without | with | difference | with, the first life counted | by seed, thousands |"]
    lines.append("|---" * 7 + "|")
    for task, outcomes in found.items():
        without, having = (_counted(task, each) for each in outcomes)
        spans = [interval(np.mean, each) for each in (without, having)]
        gap, whole = interval(difference, without, having), interval(np.mean, having + task.first_life)
        seeds = "; ".join(", ".join(f"{run / 1000:.0f}" for run in each) for each in outcomes)
        lines.append(f"| {brief(task.world)} | {task.enough:g} | {spans[0]} | {spans[1]} | {gap} | {whole} | {seeds} |")
    return "\n".join(lines)


def _counted(task: Task, runs: Sequence[float]) -> Samples:
    counted: Samples = np.minimum(np.array(runs), task.steps)
    return counted


def main(arguments: list[str] | None = None) -> int:
    """Make the runs that are missing, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pretraining", description=__doc__.split("\n")[0])
    parser.add_argument("--worlds", nargs="+", metavar="ID", help="only these (default: both)")
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="runs per condition, at least 2")
    parser.add_argument("--steps", type=int, metavar="STEPS", help="length of a run (default: by the world)")
    parser.add_argument("-f", "--log-folder", type=Path, default=Path("runs/pretraining"), metavar="DIR", help="runs")
    chosen = parser.parse_args(arguments)
    found: dict[Task, Any] = {}
    for task in TASKS:
        if chosen.worlds and task.world not in chosen.worlds:
            continue
        found[task] = [
            [outcome(task, seed, first, chosen.steps or task.steps, chosen.log_folder) for seed in range(chosen.seeds)]
            for first in (False, True)
        ]
    print(table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
