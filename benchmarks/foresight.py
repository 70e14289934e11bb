"""Measure how well a world model foresees its own thoughts, after a life of random actions, in fresh worlds.

The cortex `predictive` learns for a number of steps under the drives that the world names, and then imagines, from
moments of lives that it has not learned from, what comes 1, 5 and 15 steps later. Its rivals imagine nothing: one says
that all stays as it is, the other that the thought will be the mean of all thoughts. Skill is 1 - MSE / MSE of the
rival: 0 is as good as that. What is measured is kept and not measured again; delete its file to start over.

Run as ``python -m benchmarks.foresight``: it writes its table into ``docs/cortices.md``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from benchmarks.random_lives import FOREIGN, life, table_written, trained_in
from dualbrain.cortex.world_models import WorldModel
from dualbrain.files.atomic_write import atomic_write
from dualbrain.files.text import read_text, write_text
from dualbrain.observers.thought_sample import sample_thoughts
from dualbrain.observers.thoughts import skills
from dualbrain.scalars.foresight import AHEAD
from dualbrain.worlds.sense_catalogue import brief, native_worlds

PAGE = Path(__file__).parents[1] / "docs" / "cortices.md"

OPTIONS = {"CrafterReward-v1": {"view": "symbols"}}
"""Its pictures would take ten times as long."""

Skills = Mapping[str, float]


def measure(world: str, seed: int, steps: int) -> dict[str, float]:
    """Return the skill of one brain's imagination, ``skill_1``, ``skill_1_mean`` and so on."""
    network = trained_in(world, seed, steps, "predictive", OPTIONS.get(world)).assessing
    network.set_training_mode(False)
    assert isinstance(network.cortex, WorldModel)
    with torch.no_grad():
        found = dict(skills(network.cortex, sample_thoughts(network, life(world, seed, OPTIONS.get(world)))))
    return {key.removeprefix("cortex/"): value for key, value in found.items()}


def kept(world: str, seed: int, steps: int, root: Path) -> Skills:
    """Return what was measured, or measure it and keep it below ``root``."""
    place = root / f"{steps}_steps" / brief(world) / f"seed_{seed}.json"
    if not place.exists():
        found = json.dumps(measure(world, seed, steps))
        place.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(place) as temporary:
            write_text(temporary, found)
    skills_: Skills = json.loads(read_text(place))
    return skills_


def table(by_world: Mapping[str, Sequence[Skills]]) -> str:
    """Lay out the mean over seeds and, in brackets, the least of them."""
    over = [f"skill at {k}" for k in AHEAD], [f"at {k}, over the mean" for k in AHEAD]
    head = ["world", *over[0], *over[1]]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    keys = [*(f"skill_{k}" for k in AHEAD), *(f"skill_{k}_mean" for k in AHEAD)]
    for world, seeds in by_world.items():
        cells = [[each[key] for each in seeds] for key in keys]
        written = [f"{statistics.fmean(cell):z.2f} ({min(cell):z.2f})" for cell in cells]
        lines.append(f"| {brief(world)} | {' | '.join(written)} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Measure what is missing, and write the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.foresight", description=__doc__.split("\n")[0])
    parser.add_argument("--worlds", nargs="+", metavar="ID", help="only these (default: all, and the page is written)")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="brains per world")
    parser.add_argument("--steps", type=int, default=65_536, help="random steps that each learns from")
    parser.add_argument("-f", "--log-folder", type=Path, default=Path("runs/foresight"), metavar="DIR", help="results")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    found: dict[str, list[Skills]] = {}
    for world in chosen.worlds or [*native_worlds(), *FOREIGN]:
        found[world] = [kept(world, seed, chosen.steps, chosen.log_folder) for seed in range(chosen.seeds)]
        print(table({world: found[world]}).splitlines()[-1], flush=True)
    if not chosen.worlds:
        table_written(PAGE, "foresight", table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
