"""What novelty contributes: MiniGrid's DoorKey under ``extrinsic`` alone and under ``extrinsic,novelty``, over seeds.

Every run is one that ``dualbrain train`` would make, with the world's recipe, evaluated more often. A finished run is
kept and not made again; delete its folder to start over. Intervals are bootstraps over seeds.

Run as ``python -m benchmarks.novelty``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap

from dualbrain.running.assembly import recipe
from dualbrain.running.config import RunConfig
from dualbrain.running.run_folder import EVALUATIONS, newest
from dualbrain.running.tables import from_dict, merge
from dualbrain.running.training import prepare, train

WORLD = "MiniGrid-DoorKey-5x5-v0"
CONDITIONS = (("extrinsic",), ("extrinsic", "novelty"))
SOLVED = 0.9
EVALUATION = {"freq": 5_000, "episodes": 20, "n_envs": 10}

Samples = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """One run."""

    steps: float
    """Steps to the first evaluation whose mean score is `SOLVED`; infinite where there was none."""
    final: float
    """Mean score of the last evaluation."""


def configuration(drives: Sequence[str], seed: int, n_steps: int) -> RunConfig:
    """Return a run of the world's recipe under some drives."""
    stated = {"env": WORLD, "seed": seed, "total_timesteps": n_steps, "evaluation": EVALUATION}
    modules = {"modules": {name: {"module": name} for name in drives}}
    return from_dict(RunConfig, merge(recipe(WORLD), stated, modules), __name__)


def outcome(drives: Sequence[str], seed: int, n_steps: int, root: Path) -> Outcome:
    """Return how a run went; make it first if it is not kept below ``root``."""
    place = root / f"{n_steps}_steps" / "+".join(drives) / f"seed_{seed}"
    kept = newest(place)
    if kept is None or not (kept / "model.zip").is_file():
        print(f"{','.join(drives)}, seed {seed}", file=sys.stderr)
        prepared = prepare(configuration(drives, seed, n_steps), __name__)
        kept = train(prepared, place, f"python -m benchmarks.novelty -n {n_steps}").folder.path
    with np.load(kept / EVALUATIONS) as evaluations:
        return judge(evaluations["timesteps"], evaluations["results"].mean(axis=1))


def judge(timesteps: NDArray[Any], scores: Samples) -> Outcome:
    """Return when ``scores`` ``(E,)`` were first good enough, and the last of them."""
    solved = np.flatnonzero(scores >= SOLVED)
    return Outcome(float(timesteps[solved[0]]) if len(solved) else np.inf, float(scores[-1]))


def interval(statistic: Callable[..., Any], *samples: Samples) -> str:
    """Write a statistic with its 95 % percentile bootstrap interval; each sample ``(S,)`` is over seeds."""
    drawn = bootstrap(samples, statistic, n_resamples=10_000, method="percentile", rng=np.random.default_rng(0))
    low, high = drawn.confidence_interval
    return f"{_figure(statistic(*samples))} ({_figure(low)} to {_figure(high)})"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:z.3f}"


def _difference(one: Samples, other: Samples, axis: int = -1) -> Any:
    return np.mean(other, axis=axis) - np.mean(one, axis=axis)


def table(outcomes: Sequence[Sequence[Outcome]], n_steps: int) -> str:
    """Lay out both conditions and their difference in Markdown; a run that was never solved counts as ``n_steps``."""
    steps = [np.array([min(run.steps, n_steps) for run in runs]) for runs in outcomes]
    final = [np.array([run.final for run in runs]) for runs in outcomes]
    lines = [f"| drives | steps to {SOLVED} | by seed, thousands | solved | last score |", "|---|---|---|---|---|"]
    for drives, runs, *samples in zip(CONDITIONS, outcomes, steps, final, strict=True):
        solved = sum(np.isfinite(run.steps) for run in runs)
        by_seed = ", ".join(f"{run.steps / 1000:.0f}" for run in runs)
        cells = [interval(np.mean, sample) for sample in samples]
        lines.append(f"| `{','.join(drives)}` | {cells[0]} | {by_seed} | {solved} of {len(runs)} | {cells[1]} |")
    lines.append(f"| difference | {interval(_difference, *steps)} | | | {interval(_difference, *final)} |")
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
