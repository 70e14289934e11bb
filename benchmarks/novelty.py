"""Measure the effect of novelty: MiniGrid's DoorKey under ``extrinsic`` and ``extrinsic,novelty``, over seeds.

Every run is one that ``dualbrain train`` would make, with the world's recipe, evaluated more often. A finished run is
kept and not made again; delete its folder to start over. Intervals are bootstraps over seeds.

Run as ``python -m benchmarks.novelty``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.cached_runs import configuration, evaluations, first_reached, interval
from dualbrain.compare.intervals import Samples, difference

WORLD = "MiniGrid-DoorKey-5x5-v0"
CONDITIONS = ("extrinsic", "extrinsic,novelty")
SOLVED = 0.9
EVALUATION = {"freq": 5_000, "episodes": 20, "n_envs": 10}


@dataclass(frozen=True)
class Outcome:
    """One run."""

    steps: float
    """Steps to the first evaluation whose mean score is `SOLVED`; infinite where there was none."""
    final: float
    """Mean score of the last evaluation."""


def outcome(drives: str, seed: int, n_steps: int, root: Path) -> Outcome:
    """Return how a run went; make it first if it is not kept below ``root``."""
    config = configuration(WORLD, drives, seed, n_steps, EVALUATION)
    kept = evaluations(config, root, f"python -m benchmarks.novelty -n {n_steps}")
    return judge(kept["timesteps"], kept["results"].mean(axis=1))


def judge(timesteps: NDArray[Any], scores: Samples) -> Outcome:
    """Return when ``scores`` ``(E,)`` were first good enough, and the last of them."""
    return Outcome(first_reached(timesteps, scores, SOLVED), float(scores[-1]))


def table(outcomes: Sequence[Sequence[Outcome]], n_steps: int) -> str:
    """Lay out both conditions and their difference in Markdown; a run that was never solved counts as ``n_steps``."""
    steps = [np.array([min(run.steps, n_steps) for run in runs]) for runs in outcomes]
    final = [np.array([run.final for run in runs]) for runs in outcomes]
    lines = [f"| drives | steps to {SOLVED} | by seed, thousands | solved | last score |", "|---|---|---|---|---|"]
    for drives, runs, *samples in zip(CONDITIONS, outcomes, steps, final, strict=True):
        solved = sum(np.isfinite(run.steps) for run in runs)
        by_seed = ", ".join(f"{run.steps / 1000:.0f}" for run in runs)
        cells = [interval(np.mean, sample) for sample in samples]
        lines.append(f"| `{drives}` | {cells[0]} | {by_seed} | {solved} of {len(runs)} | {cells[1]} |")
    lines.append(f"| difference | {interval(difference, *steps)} | | | {interval(difference, *final)} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Make the runs that are missing, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.novelty", description=__doc__.split("\n")[0])
    parser.add_argument("-n", "--n-timesteps", type=int, default=150_000, metavar="STEPS", help="length of a run")
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="runs per condition, at least 2")
    parser.add_argument("-f", "--log-folder", type=Path, default=Path("runs/novelty"), metavar="DIR", help="all runs")
    chosen = parser.parse_args(arguments)
    n_steps, seeds = chosen.n_timesteps, range(max(chosen.seeds, 2))
    outcomes = [[outcome(drives, seed, n_steps, chosen.log_folder) for seed in seeds] for drives in CONDITIONS]
    print(table(outcomes, n_steps))
    return 0


if __name__ == "__main__":
    sys.exit(main())
