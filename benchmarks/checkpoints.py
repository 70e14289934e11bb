"""Measure the cost of a checkpoint a minute, as a share of training with 16 drives.

The cost is measured in CPU seconds of all threads, and in seconds of wall time, which includes the disk; one
checkpoint is the median of several, after one that warms up.

Run as ``python -m benchmarks.checkpoints``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from stable_baselines3.common.callbacks import CallbackList

from benchmarks.steering import laden
from benchmarks.training import N_ENVS, WIDE
from dualbrain.runs.config import RunConfig
from dualbrain.runs.keeping import save_checkpoint
from dualbrain.runs.run_folder import RunFolder

MOST_SHARE = 0.01
"""What it may cost, as a share of training."""
TIMES = 9
"""Checkpoints that are timed."""


@dataclass(frozen=True)
class Cost:
    """One checkpoint."""

    cpu: float
    """CPU seconds;"""
    passed: float
    """seconds that it takes."""
    size: int
    """Bytes of the file: the brain, and where training is."""
    rollout: float
    """CPU seconds of training from one rollout's start to the next: no more than one checkpoint is written in them."""

    def share(self, every: float = RunConfig.save_every) -> float:
        """Return what it costs to write one in so many CPU seconds of training, but one a rollout at most."""
        return self.cpu / max(every, self.rollout)


def measure(n_envs: int = N_ENVS, recipe: dict[str, Any] = WIDE, times: int = TIMES) -> Cost:
    """Train two rollouts, then write a checkpoint again and again."""
    agent = laden(n_envs, **recipe)
    steps = agent.n_steps * n_envs
    agent.learn(steps)
    begin = time.process_time()
    agent.learn(steps, reset_num_timesteps=False)
    rollout = time.process_time() - begin
    with tempfile.TemporaryDirectory() as place:
        folder = RunFolder(Path(place))
        spent = [_timed(agent, folder) for _ in range(times + 1)][1:]
        size = folder.checkpoint.stat().st_size
    cpu, passed = (statistics.median(each) for each in zip(*spent, strict=True))
    return Cost(cpu, passed, size, rollout)


def _timed(agent: Any, folder: RunFolder) -> tuple[float, float]:
    cpu, passed = time.process_time(), time.perf_counter()
    save_checkpoint(agent, CallbackList([]), folder)
    return time.process_time() - cpu, time.perf_counter() - passed


def report(cost: Cost) -> str:
    """Describe the cost, and whether it is within its limit."""
    share = cost.share()
    kept = "kept" if share < MOST_SHARE else "MISSED"
    taken = f"{1e3 * cost.cpu:.0f} ms of CPU time, {1e3 * cost.passed:.0f} ms in all"
    share_text = f"one every {RunConfig.save_every:g} s is {share:.3%} of training (at most {MOST_SHARE:.0%}: {kept})"
    return f"a checkpoint of {cost.size / 1e6:.1f} MB takes {taken}; {share_text}"


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.checkpoints", description=__doc__.split("\n")[0])
    parser.parse_args(arguments)
    torch.set_num_threads(1)
    print(report(measure()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
