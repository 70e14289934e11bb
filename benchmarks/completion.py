"""Measure how well a world model infers what is hidden, with masks that it never met while it learned.

Parts of an observation are the planes of the view, the word, the hand and the body. One cortex learns with parts hidden
at random, but never by one of the masks that it is asked about; its rival is the same, always shown everything. What is
asked is how well the short heads, read from completed thoughts, tell which events will happen: AUROC over moments of
lives that neither has learned from, the mean over signals. Thoughts are completed 1, 2, 4 and 8 times in a row.

Run as ``python -m benchmarks.completion``: it writes its table into ``docs/cortices.md``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from torch import Tensor

from benchmarks.random_lives import life, table_written, trained_in
from dualbrain.cortex.predictive.predictive import Predictive
from dualbrain.scalars.metrics import auroc
from dualbrain.training.rollout import Rollout, flatten, flatten_observations
from dualbrain.worlds.spaces.parts import Part

PAGE = Path(__file__).parents[1] / "docs" / "cortices.md"
WORLD = "dualbrain/SpiderCave-v0"
OPTIONS = {"size": 20, "view": 5, "spiders": 3, "cooldown": 0, "chatter": 0.5, "honesty": 1.0}
"""Words name what is near, so that there is something to infer from."""
DRIVES = ("flinch",)
PASSES = {0: "as perceived", 1: "completed once", 2: "twice", 4: "4 times", 8: "8 times"}
"""How often a thought is completed."""
KEPT_OUT = 32
"""Masks that are never met in training."""
GROUPS = {
    "nothing": (-1.0, 0.0),
    "at most a third": (0.0, 1 / 3),
    "up to two thirds": (1 / 3, 2 / 3),
    "more": (2 / 3, 1.0),
}
"""Shares of the parts that are hidden."""

Row = dict[tuple[str, int], float]
"""AUROC by group of masks and number of passes."""


class Masked(Predictive):
    """Learns with planes, word, hand and body hidden at random, but never by a mask that is kept out."""

    @classmethod
    def world_options(cls, parts: Sequence[Part], action_space: spaces.Space[Any]) -> Mapping[str, Any]:
        """Return the parts of observations, the view plane by plane, and the space of actions."""
        return super().world_options([each for part in parts for each in _planes(part)], action_space)

    def draw_hidden(self, thoughts: Tensor, rng: torch.Generator) -> Tensor:
        """Return a random mask ``(B, P)``; rows that would be one that is kept out hide nothing."""
        mask = super().draw_hidden(thoughts, rng)
        out = torch.as_tensor(masks(len(self.parts)), dtype=mask.dtype)
        return mask * ~(mask[:, None] == out).all(2).any(1, keepdim=True)


class ShownEverything(Masked):
    """The rival: nothing was ever hidden from it."""

    def draw_hidden(self, thoughts: Tensor, rng: torch.Generator) -> Tensor:
        """Return a mask ``(B, P)`` that hides nothing."""
        return torch.zeros_like(super().draw_hidden(thoughts, rng))


BRAINS: dict[str, type[Predictive]] = {"parts hidden at random": Masked, "always shown everything": ShownEverything}


def _planes(part: Part) -> Iterator[Part]:
    """Yield the planes of a view, or a part that is none."""
    if len(part.shape) != 3:
        yield part
        return
    edges = np.linspace(part.start, part.stop, part.shape[0] + 1).astype(int).tolist()
    yield from (Part(f"{part.name} {i}", *ends, part.shape[1:]) for i, ends in enumerate(pairwise(edges)))


def masks(n_parts: int) -> NDArray[np.bool_]:
    """Return the masks ``(M, P)`` that are kept out of training: as many with 1, 2, ... P - 1 parts hidden."""
    rng, found = np.random.default_rng(0), list[NDArray[np.bool_]]()
    for i in range(KEPT_OUT):
        mask = np.zeros(n_parts, np.bool_)
        mask[rng.permutation(n_parts)[: 1 + i % (n_parts - 1)]] = True
        found.append(mask)
    return np.unique(found, axis=0)


@torch.no_grad()
def scorecards(network: Any, observations: Any, mask: NDArray[np.bool_]) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield the short predictions ``(R, K)`` after each number of passes, with parts hidden by a mask ``(P,)``."""
    percept = network.percept(torch.as_tensor(observations))
    hidden = torch.as_tensor(mask, dtype=torch.float32).expand(len(observations), -1)
    thought, _ = network.cortex(percept, hidden=hidden)
    for done in range(max(PASSES) + 1):
        thought = network.cortex.complete(thought) if done else thought
        if done in PASSES:
            yield done, network.assessors.scorecard(thought).numpy()


def measure(cortex: type[Predictive], seed: int, steps: int) -> Row:
    """Return how well one brain tells what will happen."""
    agent = trained_in(WORLD, seed, steps, cortex, OPTIONS, DRIVES)
    network, rollout = agent.assessing, life(WORLD, seed, OPTIONS, DRIVES)
    network.set_training_mode(False)
    observations, judged = flatten_observations(rollout.observations), _events(rollout)
    found: dict[tuple[str, int], list[float]] = {}
    for mask in [np.zeros(len(network.cortex.parts), np.bool_), *masks(len(network.cortex.parts))]:
        group = next(name for name, (low, high) in GROUPS.items() if low < mask.mean() <= high)
        for passes, short in scorecards(network, observations, mask):
            skill = [auroc(short[rows, k], labels) for k, (rows, labels) in judged.items()]
            found.setdefault((group, passes), []).append(statistics.fmean(skill))
    return {key: statistics.fmean(each) for key, each in found.items()}


def _events(rollout: Rollout) -> dict[int, tuple[NDArray[np.int64], NDArray[np.bool_]]]:
    """Return, by the number of each signal that is an event, the rows with evidence and whether it happened there."""
    signals = list(rollout.signals.values())
    short = rollout.short_targets(np.array([signal.horizon for signal in signals]))
    found = {}
    for k, signal in enumerate(signals):
        rows = np.flatnonzero(flatten(short.evidence & short.complete)[:, k])
        labels = flatten(short.target)[rows, k] > 0.0
        if signal.is_probability and 0 < labels.sum() < len(labels):
            found[k] = (rows, labels)
    return found


def cost(cortex: type[Predictive]) -> dict[int, float]:
    """Return the CPU milliseconds that 1,000 rows take, by number of passes."""
    network = trained_in(WORLD, 0, 1, cortex, OPTIONS, DRIVES).assessing
    observations = np.repeat(flatten_observations(life(WORLD, 0, OPTIONS, DRIVES).observations)[:1000], 8, 0)
    mask, begin, spent = masks(len(network.cortex.parts))[0], time.process_time(), dict[int, float]()
    for passes, _ in scorecards(network, observations, mask):
        spent[passes] = (time.process_time() - begin) * 1000 / 8
    return spent


def table(by_brain: Mapping[str, Sequence[Row]], spent: Mapping[int, float]) -> str:
    """Lay out means over seeds and, in brackets, the least and the most of them."""
    head = ["cortex", "hidden", *PASSES.values()]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for brain, rows in by_brain.items():
        for group in GROUPS:
            cells = [[row[group, passes] for row in rows] for passes in PASSES]
            told = [f"{statistics.fmean(cell):.3f} ({min(cell):.3f} to {max(cell):.3f})" for cell in cells]
            lines.append(f"| {brain} | {group} | {' | '.join(told)} |")
    lines.append(f"| CPU ms for 1,000 rows | | {' | '.join(f'{spent[n]:.1f}' for n in PASSES)} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.completion", description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="brains of each kind")
    parser.add_argument("--steps", type=int, default=131_072, help="random steps that each learns from")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    found = {
        name: [measure(cortex, seed, chosen.steps) for seed in range(chosen.seeds)] for name, cortex in BRAINS.items()
    }
    print(table_written(PAGE, "completion", table(found, cost(Masked))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
