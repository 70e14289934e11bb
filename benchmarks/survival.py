"""Measure the effect of drives on survival in Crafter: four drives alone, beside the game's score, or none.

Every run is one that ``dualbrain train`` would make, with the world's recipe; when it ends, its brain is evaluated in
100 episodes of fresh worlds, as is an agent that acts at random. A finished run is kept; delete its folder to repeat
it. Intervals are bootstraps over seeds.

Run as ``python -m benchmarks.survival``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cached_runs import configuration, evaluations, interval
from dualbrain.compare.intervals import Samples, difference
from dualbrain.runs.build import recipe
from dualbrain.worlds.single_env import make

WORLD = "CrafterReward-v1"
SCORE, BOTH, DRIVES = "extrinsic", "extrinsic,hunger,thirst,fatigue,pain", "hunger:5,thirst:5,fatigue,pain"
"""Alone, eating and drinking have to be worth more than rest and freedom from pain: death is that as well."""
RANDOM = "at random"
LIVES = 100


def survival(drives: str, seed: int, n_steps: int, root: Path) -> tuple[float, float]:
    """Return mean length of life in steps and mean score of a trained brain; train it first if it is not kept."""
    evaluation = {"freq": n_steps, "episodes": LIVES, "n_envs": 8, "deterministic": False}
    config = configuration(WORLD, drives, seed, n_steps, evaluation)
    kept = evaluations(config, root, f"python -m benchmarks.survival -n {n_steps}")
    return float(kept["ep_lengths"][-1].mean()), float(kept["results"][-1].mean())


def at_random(seed: int, lives: int = LIVES) -> tuple[float, float]:
    """Return mean length of life in steps and mean score of an agent that acts at random."""
    env, chance = make(WORLD, **recipe(WORLD)["env_kwargs"]), np.random.default_rng(seed)
    lived = [_life(env, 1_000_000 * (seed + 1) + life, chance) for life in range(lives)]
    length, score = np.mean(lived, axis=0)
    return float(length), float(score)


def _life(env: Any, seed: int, chance: np.random.Generator) -> tuple[int, float]:
    env.reset(seed=seed)
    length, score, over = 0, 0.0, False
    while not over:
        _, reward, terminated, truncated, _ = env.step(chance.integers(env.action_space.n))
        length, score, over = length + 1, score + reward, terminated or truncated
    return length, score


def table(lived: Mapping[str, Samples]) -> str:
    """Lay out steps survived and score, ``(S, 2)`` over seeds by agent, and what drives make of each, in Markdown."""
    lines = ["| agent | steps survived | by seed | score |", "|---|---|---|---|"]
    for name, sample in lived.items():
        by_seed = ", ".join(f"{length:.0f}" for length in sample[:, 0])
        cells = (interval(np.mean, sample[:, 0]), by_seed, interval(np.mean, sample[:, 1]))
        lines.append(f"| {name if name == RANDOM else f'`{name}`'} | {' | '.join(cells)} |")
    lines.append(_gap("drives beside the score, against the score alone", lived[SCORE], lived[BOTH]))
    lines.append(_gap("drives alone, against none", lived[RANDOM], lived[DRIVES]))
    return "\n".join(lines)


def _gap(name: str, without: Samples, having: Samples) -> str:
    gaps = [interval(difference, without[:, column], having[:, column]) for column in (0, 1)]
    return f"| {name} | {gaps[0]} | | {gaps[1]} |"


def main(arguments: list[str] | None = None) -> int:
    """Make the runs that are missing, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.survival", description=__doc__.split("\n")[0])
    parser.add_argument("-n", "--n-timesteps", type=int, default=300_000, metavar="STEPS", help="length of a run")
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="runs per condition, at least 2")
    parser.add_argument("-f", "--log-folder", type=Path, default=Path("runs/survival"), metavar="DIR", help="all runs")
    chosen = parser.parse_args(arguments)
    n_steps, seeds = chosen.n_timesteps, range(max(chosen.seeds, 2))
    lived = {RANDOM: np.array([at_random(seed) for seed in seeds])}
    for drives in (SCORE, BOTH, DRIVES):
        lived[drives] = np.array([survival(drives, seed, n_steps, chosen.log_folder) for seed in seeds])
    print(table(lived))
    return 0


if __name__ == "__main__":
    sys.exit(main())
