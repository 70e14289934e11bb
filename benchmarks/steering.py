"""Measure the cost of steering: a step of a subsystem with 16 modules, with checks, reflexes and thoughts.

With 1024 agents the cost is a share of training, measured in the same process with the wide recipe; with one agent in
microseconds and, since machines are shared, in multiples of a small NumPy operation that is timed in turn with it.
The world is Friends with spiders, whose senses feed 16 different drives, the dearest among them.

Run as ``python -m benchmarks.steering``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from benchmarks.training import N_ENVS, WIDE
from dualbrain.registry import load_agent
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.steering_vec_env import SteeringVecEnv

WORLD, OPTIONS = "dualbrain/Friends-v0", {"spiders": 2, "cries": True}
DRIVES = (
    "affection",
    "approval",
    "boredom",
    "compassion",
    "curiosity",
    "elders",
    "flinch",
    "homeostasis",
    "joint_attention",
    "orient",
    "prestige",
    "safety_margin",
    "shame",
    "startle",
    "surprise",
    "withdraw",
)
"""All that think, remember or have reflexes where this world can feed them, which are the dearest, and some others."""
MOST_SHARE, MOST_MICROSECONDS = 0.10, 250.0
"""What it may cost: of training, and alone."""


class Stopwatch:
    """Times every call of a function."""

    def __init__(self, call: Callable[..., Any]):
        self._call = call
        self.seconds: list[float] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        begin = time.perf_counter()
        result = self._call(*args, **kwargs)
        self.seconds.append(time.perf_counter() - begin)
        return result


@dataclass(frozen=True)
class Alone:
    """Cost of one step of one agent."""

    microseconds: float
    """Median over all steps."""
    references: float
    """The same in multiples of the median of the reference operation."""


def laden(n_envs: int, **settings: Any) -> Any:
    """Return an untrained agent under all 16 drives."""
    drives = SteeringSubsystem(DRIVES)
    given: dict[str, Any] = {"n_envs": n_envs, "env_kwargs": OPTIONS, "seed": 0, "device": "cpu"}
    return load_agent("ppo")("BrainPolicy", WORLD, steering=drives, **given, **settings)


def share_of_training(rollouts: int, n_envs: int = N_ENVS, recipe: dict[str, Any] = WIDE) -> float:
    """Return what part of training goes into ``steering.step``: median over rollouts, the first one left out."""
    agent = laden(n_envs, **recipe)
    watch = agent.steering_env.steering.step = Stopwatch(agent.steering_env.steering.step)
    return statistics.median([*_shares(agent, watch, rollouts + 1)][1:])


def _shares(agent: Any, watch: Stopwatch, rollouts: int) -> Iterator[float]:
    for _ in range(rollouts):
        watch.seconds.clear()
        begin = time.perf_counter()
        agent.learn(1, reset_num_timesteps=False)
        yield sum(watch.seconds) / (time.perf_counter() - begin)


def one_agent(steps: int) -> Alone:
    """Return what a step costs in a world of one agent that acts at random, its predictions being random too."""
    steering: Any = SteeringSubsystem(DRIVES)
    rng = np.random.default_rng(0)
    scorecard = rng.random((1, len(steering.signals)), np.float32)
    body = SteeringVecEnv(make_vec_env(WORLD, env_kwargs=OPTIONS), steering, lambda _: scorecard)
    watch = steering.step = Stopwatch(steering.step)
    reference, row = Stopwatch(np.add), np.ones(16, np.float32)
    body.seed(0)
    body.reset()
    for action in rng.integers(body.action_space.n, size=(steps, 1)):  # type: ignore[attr-defined]
        body.step(action)
        reference(row, row)
    cost = statistics.median(watch.seconds)
    return Alone(1e6 * cost, cost / statistics.median(reference.seconds))


def report(share: float, alone: Alone) -> str:
    """Describe both costs, and whether they are within their limits."""
    kept = {True: "kept", False: "MISSED"}
    return "\n".join(
        [
            f"{share:.1%} of training with {N_ENVS:,} agents (at most {MOST_SHARE:.0%}: {kept[share < MOST_SHARE]})",
            f"{alone.microseconds:.0f} us a step with one agent, {alone.references:.0f} times a sum of 16 numbers "
            f"(at most {MOST_MICROSECONDS:.0f} us: {kept[alone.microseconds < MOST_MICROSECONDS]})",
        ]
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure both and print them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.steering", description=__doc__.split("\n")[0])
    parser.add_argument("--rollouts", type=int, default=5, help="of 64 steps each, at least 1 (default: 5)")
    parser.add_argument("--steps", type=int, default=5000, help="of one agent (default: 5000)")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    print(report(share_of_training(max(chosen.rollouts, 1)), one_agent(max(chosen.steps, 1))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
