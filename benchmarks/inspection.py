"""What inspection costs: scalars of every rollout, and the pictures of a few, as a share of training with 16 drives.

Every rollout is timed in parts, in CPU seconds of one process and one run: what the instruments take, what the pictures
take, and the rest, which is training. The pictures of a run are made ten times, however long it is; so they are told as
the share of a run of a given length.

Run as ``python -m benchmarks.inspection``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import torch

from benchmarks.steering import DRIVES, OPTIONS, WORLD
from benchmarks.training import N_ENVS, WIDE
from dualbrain.inspection.schedule import PICTURES
from dualbrain.registry import load_agent
from dualbrain.steering import SteeringSubsystem

MOST_SHARE = 0.05
"""What all of it may cost, as a share of training without it,"""
RUN = 4_000_000
"""in a run of so many steps."""
HOOKS = ("_on_step", "_on_rollout_end")


@dataclass(frozen=True)
class Cost:
    """CPU seconds that one rollout takes, by median."""

    panel: float
    gallery: float
    """If pictures are made of it."""
    training: float
    steps: int
    """Steps of one rollout, over all agents."""

    def share(self, run: int) -> float:
        """Return what inspection adds to the training of a run of so many steps."""
        rollouts = -(-run // self.steps)
        return (self.panel + self.gallery * min(PICTURES, rollouts) / rollouts) / self.training


def measure(rollouts: int, n_envs: int = N_ENVS, recipe: dict[str, Any] = WIDE) -> Cost:
    """Train for some rollouts, of each of which pictures are made; the first one is left out."""
    with tempfile.TemporaryDirectory() as folder:
        agent = load_agent("ppo")(
            "BrainPolicy",
            WORLD,
            n_envs=n_envs,
            env_kwargs=OPTIONS,
            steering=SteeringSubsystem(DRIVES),
            seed=0,
            device="cpu",
            pictures=1,
            tensorboard_log=folder,
            **recipe,
        )
        rows = [_rollout(agent) for _ in range(rollouts + 1)][1:]
    panel, gallery, training = (statistics.median(column) for column in zip(*rows, strict=True))
    return Cost(panel, gallery, training, agent.n_steps * n_envs)


def _rollout(agent: Any) -> tuple[float, float, float]:
    """Return CPU seconds of panel, gallery and the rest."""
    module: Any = sys.modules[type(agent).__module__]
    spent: dict[Any, float] = {module.Panel: 0.0, module.Gallery: 0.0}

    def timed(owner: type, hook: str) -> Any:
        call: Callable[..., Any] = getattr(owner, hook)

        def watched(self: Any) -> Any:
            begin = time.process_time()
            result = call(self)
            spent[owner] += time.process_time() - begin
            return result

        return patch.object(owner, hook, watched)

    patches = [timed(owner, hook) for owner in spent for hook in HOOKS]
    for each in patches:
        each.start()
    begin = time.process_time()
    try:
        agent.learn(1, reset_num_timesteps=False)
    finally:
        for each in patches:
            each.stop()
    whole = time.process_time() - begin
    panel, gallery = spent.values()
    return panel, gallery, whole - panel - gallery


def report(cost: Cost) -> str:
    """Say what it costs, and whether it is what it may."""
    share = cost.share(RUN)
    kept = "kept" if share < MOST_SHARE else "MISSED"
    return "\n".join(
        [
            f"instruments: {cost.panel / cost.training:.1%} of training",
            f"pictures: {cost.gallery:.2f} s each time, {PICTURES} times a run",
            f"together {share:.1%} of a run of {RUN:,} steps (at most {MOST_SHARE:.0%}: {kept}), which takes "
            f"{cost.training * RUN / cost.steps:.0f} s without",
        ]
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inspection", description=__doc__.split("\n")[0])
    parser.add_argument("--rollouts", type=int, default=5, help="of 64 steps each, at least 1 (default: 5)")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    print(report(measure(max(chosen.rollouts, 1))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
