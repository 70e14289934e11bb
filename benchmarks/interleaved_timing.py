"""Time contestants by turns, so that other load on the machine affects all of them; peers run in processes."""

from __future__ import annotations

import contextlib
import importlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
READY, GO = "ready", "go"

Rollout = Callable[[], int]
"""Takes some steps, and returns how many."""
Turn = Callable[[], float]
"""Measures agent-steps per second."""


class MissingError(Exception):
    """A contestant that cannot be measured here, with the reason."""


def stepping(step: Callable[[Any], object], actions: Any) -> Rollout:
    """Return a rollout of actions drawn beforehand, ``(steps, N)``."""

    def roll() -> int:
        for row in actions:
            step(row)
        return int(actions.size)

    return roll


def timed(roll: Rollout, seconds: float) -> float:
    """Return the steps per second of as many rollouts as begin within ``seconds``."""
    begin, steps = time.perf_counter(), 0
    while time.perf_counter() - begin < seconds:
        steps += roll()
    return steps / (time.perf_counter() - begin)


class Peer:
    """A contestant in a process of its own, which waits while it is not its turn.

    ``module`` is one of `benchmarks.peers`, ``python`` the interpreter that has its packages, ``threads`` None for as
    many as it likes. Raises `MissingError` where it cannot be started, or ends before it has answered.
    """

    def __init__(self, module: str, n: int, seconds: float, threads: int | None = 1, python: str = sys.executable):
        self._name = module
        command = [python, "-m", "benchmarks.interleaved_timing", module, str(n), str(seconds)]
        environment = {**os.environ, **(ONE_THREAD if threads == 1 else {})}
        try:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
            )
        except OSError as error:
            raise MissingError(f"cannot run {python}: {error.strerror}") from error
        answer = self._read()
        if answer != READY:
            self.close()
            raise MissingError(answer)

    def __call__(self) -> float:
        """Take a turn."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{GO}\n")
        self._process.stdin.flush()
        return float(self._read())

    def close(self) -> None:
        """End the process."""
        with contextlib.suppress(OSError):
            self._process.communicate(timeout=30)

    def _read(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        if not line:
            raise MissingError(f"the process of {self._name} ended with code {self._process.wait()}")
        return line


ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}


def take_turns(contestants: Mapping[str, Turn], turns: int) -> dict[str, list[float]]:
    """Time all contestants by turns; return their speeds by turn."""
    taken = [[turn() for turn in contestants.values()] for _ in range(turns)]
    return dict(zip(contestants, map(list, zip(*taken, strict=True)), strict=True))


def ratio(speeds: Sequence[float], others: Sequence[float]) -> float:
    """Return the median over the turns of one speed against another's in the same turn."""
    return statistics.median([speed / other for speed, other in zip(speeds, others, strict=True)])


def serve(module: str, n: int, seconds: float) -> None:
    """Run as a peer: answer each line of input with the speed of one turn."""
    answers = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):
        try:
            roll = importlib.import_module(f"benchmarks.peers.{module}").rollout(n)
        except ImportError as error:
            print(" ".join(f"{type(error).__name__}: {error}".split()), file=answers, flush=True)
            return
        timed(roll, seconds)
        print(READY, file=answers, flush=True)
        for _ in sys.stdin:
            print(timed(roll, seconds), file=answers, flush=True)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
