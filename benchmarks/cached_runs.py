"""Run seeds once, keep their results, and report them with bootstrap intervals."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.cli.parsing import parse_modules
from dualbrain.compare.intervals import Samples, bootstrap_interval
from dualbrain.files.atomic_write import PARTIAL
from dualbrain.runs.build import recipe
from dualbrain.runs.config import RunConfig
from dualbrain.runs.run_folder import EVALUATIONS, newest
from dualbrain.runs.train import prepare, train
from dualbrain.structured.tables import from_dict, merge


def configuration(
    world: str, drives: str, seed: int, n_steps: int, evaluation: dict[str, Any], **others: Any
) -> RunConfig:
    """Return a run of a world's recipe under drives as ``--modules`` takes them; ``others`` are further keys."""
    stated = {"env": world, "seed": seed, "total_timesteps": n_steps, "evaluation": evaluation, **others}
    return from_dict(RunConfig, merge(recipe(world), stated, {"modules": parse_modules(drives)}), __name__)


def first_reached(timesteps: NDArray[Any], scores: Samples, enough: float) -> float:
    """Return when ``scores`` ``(E,)`` of evaluations were first ``enough``; infinite where they never were."""
    reached = np.flatnonzero(scores >= enough)
    return float(timesteps[reached[0]]) if len(reached) else np.inf


def evaluations(config: RunConfig, root: Path, command: str) -> dict[str, NDArray[Any]]:
    """Return how a run was evaluated (timesteps ``(E,)``, results and ep_lengths ``(E, episodes)``).

    It is made first if it is not kept below ``root``; ``command`` is what asked for it.
    """
    drives = "+".join(config.modules)
    place = root / f"{config.total_timesteps}_steps" / drives / f"seed_{config.seed}"
    with np.load(finished_run(config, place, command, drives) / EVALUATIONS) as found:
        return dict(found)


def finished_run(config: RunConfig, place: Path, command: str, drives: str) -> Path:
    """Return the run folder below ``place``: it is made first if it is not there, and is there when it is finished."""
    kept = newest(place)
    if kept is None:
        print(f"{drives}, seed {config.seed}", file=sys.stderr, flush=True)
        half = place / f"{PARTIAL}run"
        made = train(prepare(config, __name__), half, command).folder.path
        kept = place / made.name
        made.replace(kept)
        shutil.rmtree(half)
    return kept


def interval(statistic: Callable[..., Any], *samples: Samples) -> str:
    """Write a statistic with its 95 % percentile bootstrap interval; each sample ``(S,)`` is over seeds."""
    found = bootstrap_interval(statistic, *samples)
    return f"{_figure(found.value)} ({_figure(found.low)} to {_figure(found.high)})"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:z.3f}"
