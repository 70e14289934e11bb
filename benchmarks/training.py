"""Measure the speed of training on Forage: 0, 8 and 32 signals against Stable-Baselines3's PPO, in one run.

Everything counts: stepping, observing, sensing, resetting, learning. Contestants take turns, so that what else the
machine does strikes all of them; ratios are medians over the turns.

Run as ``python -m benchmarks.training``.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

import torch
from stable_baselines3 import PPO
from stable_baselines3.common.env_util import make_vec_env as make_sb3_vec_env

from benchmarks.interleaved_timing import Turn, ratio, take_turns
from dualbrain.registry import load_agent
from dualbrain.steering.load_module import load_module
from dualbrain.steering.reward_module import RewardModule
from dualbrain.worlds.make_env import make_vec_env

KINDS = ("hunger", "thirst", "salt", "pain", "fatigue", "novelty", "extrinsic")
WORLD = "dualbrain/Forage-v0"
WIDE: dict[str, Any] = {"n_steps": 64, "batch_size": 16_384, "n_epochs": 4}
N_ENVS = 1024


PEER, BARE, SLOW = "SB3 PPO, wide recipe", "DualBrainPPO, wide recipe, 0 signals", "SB3 PPO, default recipe"


@dataclass(frozen=True)
class Row:
    """One contestant."""

    name: str
    steps_per_second: float
    """Agent-steps, median over the turns."""
    ratios: dict[str, float]
    """Median over the turns of its speed against another contestant's in the same turn."""


def drives(count: int) -> list[RewardModule]:
    """Return ``count`` drives of one signal each, named apart where a kind comes again."""
    kinds = itertools.islice(itertools.cycle(KINDS), count)
    return [load_module(kind)(name=f"{kind}_{i}") for i, kind in enumerate(kinds)]


def brain(signals: int, threads: int) -> Turn:
    """Return a turn of a dual brain with its heads trained, not detached; with 0 signals it is PPO on the score."""
    steering = drives(signals) or [load_module("extrinsic")()]
    agent = load_agent("ppo")(
        "BrainPolicy", WORLD, n_envs=N_ENVS, steering=steering, assessors=signals > 0, seed=0, device="cpu", **WIDE
    )
    return _turn(agent, threads)


def peer_wide(threads: int) -> Turn:
    """Return a turn of SB3's PPO at the same recipe, in the same batch of worlds."""
    return _turn(PPO("MlpPolicy", make_vec_env(WORLD, N_ENVS), seed=0, device="cpu", **WIDE), threads)


def peer_default() -> Turn:
    """Return a turn of SB3's PPO at its default recipe: 8 environments, minibatches of 64, 10 epochs.

    One thread: a second only slows such small minibatches down.
    """
    return _turn(PPO("MlpPolicy", make_sb3_vec_env(WORLD, 8), seed=0, device="cpu"), threads=1)


def _turn(agent: PPO, threads: int) -> Turn:
    """Return what trains for one rollout, on as many threads as suit it best."""

    def measure() -> float:
        torch.set_num_threads(threads)
        before, begin = agent.num_timesteps, time.perf_counter()
        agent.learn(1, reset_num_timesteps=False)
        return (agent.num_timesteps - before) / (time.perf_counter() - begin)

    measure()
    return measure


def compare(turns: int, threads: int, with_default: bool = True) -> list[Row]:
    """Time all contestants by turns."""
    contestants = {PEER: peer_wide(threads), BARE: brain(0, threads)}
    contestants |= {f"DualBrainPPO, wide recipe, {k} signals": brain(k, threads) for k in (8, 32)}
    if with_default:
        contestants[SLOW] = peer_default()
    speeds = take_turns(contestants, turns)
    yardsticks = [name for name in (PEER, BARE, SLOW) if name in speeds]
    return [
        Row(name, statistics.median(speed), {other: ratio(speed, speeds[other]) for other in yardsticks})
        for name, speed in speeds.items()
    ]


def table(rows: list[Row]) -> str:
    """Lay out the rows as text: speed, then the ratio to each yardstick."""
    yardsticks = list(rows[0].ratios)
    lines = [f"{'':40s} {'steps/s':>10s}" + "".join(f" {'to ' + str(i + 1):>7s}" for i in range(len(yardsticks)))]
    lines += [
        f"{row.name:40s} {row.steps_per_second:10,.0f}" + "".join(f" {figure:7.2f}" for figure in row.ratios.values())
        for row in rows
    ]
    return "\n".join([*lines, *(f"ratio to {i + 1}: {name}" for i, name in enumerate(yardsticks))])


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training", description=__doc__.split("\n")[0])
    parser.add_argument("--turns", type=int, default=5, help="turns each takes, at least 5")
    parser.add_argument("--threads", type=int, default=2, help="torch threads at the wide recipe")
    parser.add_argument("--no-default", action="store_true", help="leave out the slow default recipe")
    parser.add_argument("--json", action="store_true", help="print rows as JSON")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    rows = compare(max(chosen.turns, 5), chosen.threads, not chosen.no_default)
    print(json.dumps([asdict(row) for row in rows], indent=2) if chosen.json else table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
