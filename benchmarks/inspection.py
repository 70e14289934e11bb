"""What inspection costs: scalars of every rollout, and the pictures of a few, as a share of training with 16 drives.

One run is timed in parts, in CPU seconds of its process: what the instruments take, what the pictures take, and the
rest, which is training. It has as many rollouts as pictures are made times in any run, so that it makes all the
pictures that a run of any length makes; told is what they are of a run of a given length.

Run as ``python -m benchmarks.inspection``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import torch

from benchmarks.steering import laden
from benchmarks.training import N_ENVS, WIDE
from dualbrain.inspection.schedule import PICTURES

MOST_SHARE = 0.05
"""What all of it may cost, as a share of training without it,"""
RUNS = 4_000_000, 10_000_000
"""in runs of so many steps: two minutes, and five."""
HOOKS = ("_on_step", "_on_rollout_end")


@dataclass(frozen=True)
class Cost:
    """CPU seconds."""

    panel: float
    """Of one rollout;"""
    gallery: float
    """of a whole run, however long it is;"""
    training: float
    """of one rollout."""
    steps: int
    """Steps of one rollout, over all agents."""

    def share(self, run: int) -> float:
        """Return what inspection adds to the training of a run of so many steps."""
        rollouts = -(-run // self.steps)
        return (self.panel * rollouts + self.gallery) / (self.training * rollouts)


def measure(n_envs: int = N_ENVS, recipe: dict[str, Any] = WIDE) -> Cost:
    """Train for as many rollouts as pictures are made times, after one that warms up."""
    with tempfile.TemporaryDirectory() as folder:
        agent = laden(n_envs, tensorboard_log=folder, **recipe)
        steps = agent.n_steps * n_envs
        _timed(agent, steps)
        panel, gallery, training = _timed(agent, PICTURES * steps)
    return Cost(panel / PICTURES, gallery, training / PICTURES, steps)


def _timed(agent: Any, steps: int) -> tuple[float, float, float]:
    """Train; return CPU seconds of panel, gallery and the rest."""
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

    with ExitStack() as patches:
        for owner in spent:
            for hook in HOOKS:
                patches.enter_context(timed(owner, hook))
        begin = time.process_time()
        agent.learn(steps, reset_num_timesteps=False)
        whole = time.process_time() - begin
    panel, gallery = spent.values()
    return panel, gallery, whole - panel - gallery


def report(cost: Cost) -> str:
    """Say what it costs, and whether it is what it may."""
    lines = [
        f"instruments: {cost.panel / cost.training:.1%} of training",
        f"pictures: {cost.gallery:.1f} s a run, made {PICTURES} times",
    ]
    for run in RUNS:
        share = cost.share(run)
        kept = "kept" if share < MOST_SHARE else "MISSED"
        alone = cost.training * run / cost.steps
        lines.append(
            f"together {share:.1%} of a run of {run:,} steps (at most {MOST_SHARE:.0%}: {kept}), which takes "
            f"{alone:.0f} s without"
        )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inspection", description=__doc__.split("\n")[0])
    parser.parse_args(arguments)
    torch.set_num_threads(1)
    print(report(measure()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
