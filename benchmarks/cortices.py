"""Measure the CPU time of training with a cortex, by the wide recipe, in multiples of that with ``mlp``.

Brains take turns, a rollout and its training phase each, so that other load on the machine affects all of them.

Run as ``python -m benchmarks.cortices``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from benchmarks.interleaved_timing import take_turns
from dualbrain.heads.options import AssessorOptions
from dualbrain.registry import load_agent
from dualbrain.runs.recipes import WIDE
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.worlds.make_env import make_vec_env

WORLDS = {"dualbrain/Forage-v0": ("hunger", "boredom"), "dualbrain/SpiderCave-v0": ("hunger", "flinch", "withdraw")}
"""Worlds, each with its drives."""
REFERENCE, CORTICES = "mlp", ("predictive",)
MOST = 2.0
"""What training may cost, in multiples of the reference."""
TIMES = 5
"""Rollouts that are timed."""


@dataclass(frozen=True)
class Cost:
    """Training with one cortex in one world."""

    cortex: str
    world: str
    seconds: float
    """CPU seconds of a rollout and the training phase after it, the median of several;"""
    multiple: float
    """the same in multiples of the reference, the median over the turns."""
    memory: int
    """Bytes that are set aside for what it remembers, 0 for nothing."""


def measure(world: str, n_envs: int = WIDE["n_envs"], times: int = TIMES, **hyperparams: Any) -> list[Cost]:
    """Train a brain with each cortex; return the costs, that of the reference first."""
    given = {**WIDE["hyperparams"], **hyperparams}
    agents = {cortex: _brain(world, cortex, n_envs, given) for cortex in (REFERENCE, *CORTICES)}
    turns = {cortex: _training(agent) for cortex, agent in agents.items()}
    take_turns(turns, 1)
    spent = take_turns(turns, times)
    return [_cost(world, cortex, agent, spent) for cortex, agent in agents.items()]


def _brain(world: str, cortex: str, n_envs: int, hyperparams: Mapping[str, Any]) -> Any:
    drives, worlds = SteeringSubsystem(WORLDS[world]), make_vec_env(world, n_envs, seed=0)
    given: dict[str, Any] = {"assessors": AssessorOptions(**WIDE["assessors"]), "cortex": cortex, "seed": 0}
    return load_agent("ppo")("BrainPolicy", worlds, steering=drives, device="cpu", pictures=0, **given, **hyperparams)


def _training(agent: Any) -> Callable[[], float]:
    def turn() -> float:
        begin = time.process_time()
        agent.learn(agent.n_steps * agent.n_envs, reset_num_timesteps=False)
        return time.process_time() - begin

    return turn


def _cost(world: str, cortex: str, agent: Any, spent: Mapping[str, list[float]]) -> Cost:
    multiple = statistics.median(mine / theirs for mine, theirs in zip(spent[cortex], spent[REFERENCE], strict=True))
    learning = agent.cortex_learning
    memory = learning.memory.ring.nbytes if learning else 0
    return Cost(cortex, world, statistics.median(spent[cortex]), multiple, memory)


def report(cost: Cost) -> str:
    """Describe the cost, and whether it is within its limit."""
    kept = "kept" if cost.multiple <= MOST else "MISSED"
    limit = "the reference" if cost.cortex == REFERENCE else f"{cost.multiple:.2f} of it (at most {MOST:g}: {kept})"
    remembered = f"; its memory has up to {cost.memory / 2**20:.0f} MiB" if cost.memory else ""
    return f"{cost.world} with {cost.cortex}: {cost.seconds:.2f} CPU s a rollout, {limit}{remembered}"


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cortices", description=__doc__.split("\n")[0])
    parser.parse_args(arguments)
    torch.set_num_threads(1)
    for world in WORLDS:
        for cost in measure(world):
            print(report(cost), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
