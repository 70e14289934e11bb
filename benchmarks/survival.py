"""What innate drives contribute to staying alive: Crafter under ``extrinsic`` alone and with four drives beside it.

Every run is one that ``dualbrain train`` would make, with the world's recipe; when it ends, its brain lives 100 lives
in fresh worlds, as does an agent that acts at random. A finished run is kept and not made again; delete its folder to
start over. Intervals are bootstraps over seeds.

Run as ``python -m benchmarks.survival``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.seeds import configuration, evaluations, interval
from dualbrain.environments import make
from dualbrain.inspection.intervals import Samples, difference
from dualbrain.running.assembly import recipe

WORLD = "CrafterReward-v1"
CONDITIONS = (("extrinsic",), ("extrinsic", "hunger", "thirst", "fatigue", "pain"))
LIVES = 100


def survival(drives: Sequence[str], seed: int, n_steps: int, root: Path) -> tuple[float, float]:
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


def table(random: Samples, trained: Sequence[Samples]) -> str:
    """Lay out the random agent, both conditions and their difference in Markdown; samples are ``(S, 2)`` over seeds."""
    lines = ["| agent | steps lived | by seed | score |", "|---|---|---|---|"]
    named = zip(("at random", *(f"`{','.join(drives)}`" for drives in CONDITIONS)), (random, *trained), strict=True)
    for name, sample in named:
        by_seed = ", ".join(f"{length:.0f}" for length in sample[:, 0])
        lines.append(f"| {name} | {interval(np.mean, sample[:, 0])} | {by_seed} | {interval(np.mean, sample[:, 1])} |")
    more = [interval(difference, *(sample[:, column] for sample in trained)) for column in (0, 1)]
    lines.append(f"| difference made by the drives | {more[0]} | | {more[1]} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Make the runs that are missing, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.survival", description=__doc__.split("\n")[0])
    parser.add_argument("-n", "--n-timesteps", type=int, default=120_000, metavar="STEPS", help="length of a run")
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="runs per condition, at least 2")
    parser.add_argument("-f", "--log-folder", type=Path, default=Path("runs/survival"), metavar="DIR", help="all runs")
    chosen = parser.parse_args(arguments)
    n_steps, seeds = chosen.n_timesteps, range(max(chosen.seeds, 2))
    lived = [[survival(drives, seed, n_steps, chosen.log_folder) for drives in CONDITIONS] for seed in seeds]
    random = np.array([at_random(seed) for seed in seeds])
    print(table(random, [np.array([pair[c] for pair in lived]) for c in range(len(CONDITIONS))]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
