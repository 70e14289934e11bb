"""Measure the cost of logging: scalars of every rollout, and pictures of a few, as a share of training with 16 drives.

One run is timed in parts, in CPU seconds of its process, all threads together: what the instruments take, what writing
their numbers takes, what the pictures take, and the rest, which is training. It has as many rollouts as pictures are
made times in any run, so that it makes as many pictures as a run of any length. The report gives shares of a run of a
given length. The files that it writes show how large those of a long run get.

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
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from stable_baselines3.common.logger import Logger
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event

from benchmarks.steering import laden
from benchmarks.training import N_ENVS, WIDE
from dualbrain.observers.pictures import PicturesObserver
from dualbrain.observers.scalars import ScalarsObserver
from dualbrain.training.log_schedule import MOST_WRITES, PICTURES

MOST_SHARE = 0.05
"""What all of it may cost, as a share of training without it,"""
RUNS = 4_000_000, 10_000_000
"""in runs of so many steps: two minutes, and five."""
MOST_BYTES = 50_000_000
"""How large the files of a run may get, however long it is."""
FRAME = 16
"""Bytes that an event file has around each event."""
HOOKS = ("on_step", "on_rollout")


@dataclass(frozen=True)
class Cost:
    """CPU seconds, and bytes."""

    scalars: float
    """Of one rollout;"""
    writing: float
    """of the scalars of one rollout;"""
    pictures: float
    """of a whole run, however long it is;"""
    training: float
    """of one rollout."""
    steps: int
    """Steps of one rollout, over all agents."""
    write: float
    """Bytes of one write of scalars;"""
    rest: float
    """of everything else in a run: pictures, texts, thoughts."""

    def share(self, run: int) -> float:
        """Return what inspection adds to the training of a run of so many steps."""
        rollouts = -(-run // self.steps)
        return ((self.scalars + self.writing) * rollouts + self.pictures) / (self.training * rollouts)

    def size(self, run: int) -> float:
        """Return the bytes of a run of so many steps that ``dualbrain train`` makes."""
        return self.write * min(-(-run // self.steps), MOST_WRITES) + self.rest


def measure(n_envs: int = N_ENVS, recipe: dict[str, Any] = WIDE) -> Cost:
    """Train for as many rollouts as pictures are made times, after one that warms up."""
    with tempfile.TemporaryDirectory() as folder:
        agent = laden(n_envs, tensorboard_log=folder, **recipe)
        steps = agent.n_steps * n_envs
        _timed(agent, steps)
        panel, gallery, writing, training = _timed(agent, PICTURES * steps)
        agent.logger.close()
        write, rest = _sizes(Path(folder))
    return Cost(panel / PICTURES, writing / PICTURES, gallery, training / PICTURES, steps, write, rest)


def _timed(agent: Any, steps: int) -> tuple[float, float, float, float]:
    """Train; return CPU seconds of panel, gallery, writing and the rest."""
    hooks = {ScalarsObserver: HOOKS, PicturesObserver: HOOKS, Logger: ("dump",)}
    spent: dict[Any, float] = dict.fromkeys(hooks, 0.0)

    def timed(owner: type, hook: str) -> Any:
        call: Callable[..., Any] = getattr(owner, hook)

        def watched(*given: Any, **named: Any) -> Any:
            begin = time.process_time()
            result = call(*given, **named)
            spent[owner] += time.process_time() - begin
            return result

        return patch.object(owner, hook, watched)

    with ExitStack() as patches:
        for owner, names in hooks.items():
            for hook in names:
                patches.enter_context(timed(owner, hook))
        begin = time.process_time()
        agent.learn(steps, reset_num_timesteps=False)
        whole = time.process_time() - begin
    panel, gallery, writing = spent.values()
    return panel, gallery, writing, whole - panel - gallery - writing


def _sizes(folder: Path) -> tuple[float, float]:
    """Return the bytes of one write of scalars, the last, which has all that there are, and of everything else."""
    scalars: dict[int, int] = {}
    for path in folder.rglob("events.*"):
        for record in RawEventFileLoader(str(path)).Load():
            event = Event.FromString(record)
            if any(value.HasField("simple_value") for value in event.summary.value):
                scalars[event.step] = scalars.get(event.step, 0) + len(record) + FRAME
    whole = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return float(scalars[max(scalars)]), float(whole - sum(scalars.values()))


def report(cost: Cost) -> str:
    """Describe the cost, and whether it is within its limit."""
    lines = [
        f"instruments: {cost.scalars / cost.training:.1%} of training, writing them {cost.writing / cost.training:.1%}",
        f"pictures: {cost.pictures:.1f} s a run, made {PICTURES} times",
    ]
    for run in RUNS:
        share = cost.share(run)
        kept = "kept" if share < MOST_SHARE else "MISSED"
        alone = cost.training * run / cost.steps
        lines.append(
            f"together {share:.1%} of a run of {run:,} steps (at most {MOST_SHARE:.0%}: {kept}), which takes "
            f"{alone:.0f} s without"
        )
    large, most = cost.size(10**9), f"{MOST_BYTES / 1e6:.0f} MB"
    kept = "kept" if large < MOST_BYTES else "MISSED"
    lines.append(
        f"a write takes {cost.write / 1e3:.1f} kB, everything else of a run {cost.rest / 1e6:.1f} MB: "
        f"{cost.size(RUNS[-1]) / 1e6:.1f} MB for {RUNS[-1]:,} steps, and never more than {large / 1e6:.1f} MB "
        f"(at most {most}: {kept})"
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
