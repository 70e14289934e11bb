"""Measure the effect of each drive: train agents with and without it, and compare their behaviour.

For every trial of `experiments.drive_trials` and every seed two agents are trained in the same world, one with all
drives and one without the drive in question, reflexes included; then both are evaluated in the same number of fresh
episodes of the same worlds. The table shows the measure chosen for the drive, and the difference, paired by seed.

Run as ``python -m experiments.drive_ablation -o docs/drives_at_work.md``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from dualbrain.compare.intervals import Interval, bootstrap_interval
from dualbrain.compare.outcome import LENGTH, SCORE
from dualbrain.compare.table import title, write
from dualbrain.episodes.behaviour import is_counted
from dualbrain.episodes.evaluate import evaluate
from dualbrain.files.atomic_write import atomic_write
from dualbrain.files.text import read_text, write_text
from dualbrain.lab.experiment import Experiment, Outcome, Samples, SeedResults
from dualbrain.lab.jobs import make_all, missing
from dualbrain.lab.seed_store import SeedStore
from dualbrain.lab.table import markdown
from dualbrain.registry import load_agent, register_worlds
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.single_env import senses_of
from experiments.drive_trials import TRIALS, Trial

WITH, WITHOUT = "with", "without"
N_ENVS = 128
PPO = {
    "n_steps": 32,
    "batch_size": 1024,
    "n_epochs": 4,
    "learning_rate": 1e-3,
    "gamma": 0.97,
    "gae_lambda": 0.9,
    "ent_coef": 0.01,
}
EPISODES = 128
FRESH = 1_000_000
"""Added to the seed of an agent: seed of the worlds in which it is measured."""
DIFFERS, FAIL = "differs", "FAIL"
BEGIN, END = "<!-- without: python -m experiments.drive_ablation -o docs/drives_at_work.md -->", "<!-- /without -->"
COLUMNS = ("drive", "world", "measure", WITH, WITHOUT, "difference (95 %)", "verdict")


def train_agent(trial: Trial, drives: Mapping[str, float], seed: int, steps: int) -> Any:
    """Return an agent trained in the world of a trial under some drives."""
    agent = load_agent("ppo")(
        "BrainPolicy",
        make_vec_env(trial.env, N_ENVS, env_kwargs=trial.options),
        steering=SteeringSubsystem([*drives], drives),
        seed=seed,
        device="cpu",
        **PPO,
    )
    return agent.learn(steps)


def behaviour(trial: Trial, agent: Any, seed: int) -> dict[str, float]:
    """Return how an agent behaves in fresh episodes: score, length and every sense of the world."""
    played = evaluate(agent, trial.env, EPISODES, FRESH + seed, trial.options, behaviour=True)
    measures = {SCORE: played.scores, LENGTH: played.lengths, **played.behaviour}
    return {name: float(values.mean()) for name, values in measures.items()}


def run(trial: Trial, seed: int, steps: int) -> Outcome:
    """Return how two agents behave that began alike, one with the drive and one without."""
    conditions = {WITH: trial.drives, WITHOUT: trial.rest}
    return {
        condition: behaviour(trial, train_agent(trial, drives, seed, steps), seed)
        for condition, drives in conditions.items()
    }


def gap(trial: Trial, found: SeedResults) -> Interval:
    """Return by how much the measure is more with the drive, paired by seed."""
    return bootstrap_interval(np.mean, found[WITH][trial.measure] - found[WITHOUT][trial.measure])


def row(trial: Trial, found: SeedResults) -> list[str]:
    """Lay out the results of one trial."""
    samples: list[Samples] = [found[condition][trial.measure] for condition in (WITH, WITHOUT)]
    difference = gap(trial, found)
    verdict = DIFFERS if difference.excludes_zero else FAIL
    measure = title(trial.measure, _counted(trial))
    return [
        trial.drive,
        trial.world,
        measure,
        *(write(bootstrap_interval(np.mean, each)) for each in samples),
        write(difference, "+"),
        verdict,
    ]


def _counted(trial: Trial) -> list[str]:
    senses = senses_of(trial.env, trial.options)
    return [name for name, sense in senses.items() if is_counted(sense)]


def seed_store(trial: Trial, folder: Path) -> SeedStore:
    """Return where the seeds of a trial are kept."""
    experiment = Experiment(trial.drive, trial.why, published=(), run=partial(run, trial), steps=trial.steps)
    return SeedStore(experiment, folder / trial.place, trial.steps)


def outcomes(trials: Sequence[Trial], seeds: Sequence[int], folder: Path, jobs: int = 1) -> list[SeedResults]:
    """Return the results of trials; missing runs are trained in ``jobs`` processes."""
    shelves = [seed_store(trial, folder) for trial in trials]
    failures = make_all(missing([(each, seeds) for each in shelves]), jobs)
    if failures:
        raise RuntimeError("; ".join(f"{seed.name}: {trouble}" for seed, trouble in failures))
    return [each.found(seeds) for each in shelves]


def results(trials: Sequence[Trial], found: Sequence[SeedResults]) -> str:
    """Lay out the results of trials."""
    return markdown(COLUMNS, [row(trial, each) for trial, each in zip(trials, found, strict=True)])


def set_up(trials: Sequence[Trial]) -> str:
    """Lay out how the trials were made."""
    rows = [
        [
            trial.drive,
            f"`{','.join(f'{name}:{weight:g}' for name, weight in trial.drives.items())}`",
            ", ".join(f"`{name}={value}`" for name, value in trial.options.items()),
            f"{trial.steps:,}",
            trial.why,
        ]
        for trial in trials
    ]
    return markdown(("drive", "drives of the whole agent", "options of the world", "steps", "why this measure"), rows)


def written(page: str, *tables: str) -> str:
    """Return a page with its tables, between two marks, replaced; raises `ValueError` where there are no marks."""
    before, _, rest = page.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"no tables between '{BEGIN}' and '{END}'")
    return "\n".join([before + BEGIN, "\n\n".join(tables), END + after])


def main(arguments: list[str] | None = None) -> int:
    """Make what is missing, and print the table or write the page."""
    parser = argparse.ArgumentParser(prog="python -m experiments.drive_ablation", description=__doc__.split("\n")[0])
    by_name = {trial.drive: trial for trial in TRIALS}
    parser.add_argument("--only", nargs="+", choices=by_name, default=[*by_name], metavar="DRIVE", help="default: all")
    parser.add_argument("--seed", type=int, default=0, help="the first seed (default: 0)")
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="pairs of agents per drive (default: 5)")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes (default: 1)")
    parser.add_argument("-f", "--log-folder", type=Path, default=Path("runs/without"), metavar="DIR")
    parser.add_argument("-o", "--output", type=Path, metavar="PAGE", help="page whose tables are written anew")
    chosen = parser.parse_args(arguments)
    if chosen.output and not chosen.output.is_file():
        parser.error(f"there is no page {chosen.output} whose tables could be written anew")
    if chosen.output and len(chosen.only) < len(TRIALS):
        parser.error("a page lists all drives: leave out --only")
    register_worlds()
    trials = [by_name[drive] for drive in chosen.only]
    seeds = range(chosen.seed, chosen.seed + max(chosen.seeds, 1))
    table = results(trials, outcomes(trials, seeds, chosen.log_folder, chosen.jobs))
    print(table)
    if chosen.output:
        page = written(read_text(chosen.output), table, set_up(trials))
        with atomic_write(chosen.output) as temporary:
            write_text(temporary, page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
