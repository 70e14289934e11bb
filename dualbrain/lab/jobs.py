"""Run seeds in persistent processes, so that slow imports happen once in each.

Only this process writes, so that one which is ended leaves nothing half-written behind.
"""

from __future__ import annotations

import logging
import multiprocessing
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection, wait
from typing import Any

from dualbrain.errors import UserError
from dualbrain.files.interrupts import ignoring_interrupts
from dualbrain.lab.experiment import Outcome
from dualbrain.lab.seed_store import SeedStore
from dualbrain.origin import in_a_line
from dualbrain.registry import register_worlds

Tell = Callable[["Seed"], None]
"""Called with every seed that was tried."""
Failure = tuple["Seed", str]
"""A seed, and what went wrong with it."""
Answer = tuple[Outcome | None, str]
"""The outcome of a seed, or an error."""


@dataclass(frozen=True)
class Seed:
    """One seed of one experiment, to be made."""

    store: SeedStore
    number: int

    @property
    def name(self) -> str:
        """Experiment and seed, for people."""
        return f"{self.store.experiment.name}, seed {self.number}"

    @property
    def question(self) -> tuple[Callable[..., Outcome], int, int]:
        """Return what another process needs: little, so that no figure has to be pickled."""
        run = self.store.experiment.run
        assert run is not None
        return run, self.number, self.store.steps


def missing(wanted: Iterable[tuple[SeedStore, Sequence[int]]], fresh: bool = False) -> list[Seed]:
    """Return the seeds that are wanted and not kept: the chamber's first, then seed by seed in turn."""
    seeds = [Seed(store, number) for store, numbers in wanted for number in numbers]
    absent = [seed for seed in seeds if fresh or not seed.store.file(seed.number).is_file()]
    return sorted(absent, key=lambda seed: (not seed.store.experiment.in_chamber, seed.number))


def make_all(seeds: Sequence[Seed], jobs: int, tell: Tell = lambda _: None) -> list[Failure]:
    """Make and keep seeds, ``jobs`` of them at a time; return those that could not be made, and why.

    One that fails does not stop the others. When interrupted, the processes are ended.
    """
    failures: list[Failure] = []
    for seed, (outcome, trouble) in _here(seeds) if min(jobs, len(seeds)) < 2 else _elsewhere(seeds, jobs):
        if outcome is None:
            failures.append((seed, trouble))
        else:
            seed.store.save(seed.number, outcome)
        tell(seed)
    return failures


def _here(seeds: Sequence[Seed]) -> Iterator[tuple[Seed, Answer]]:
    """Make seeds one after another in this process."""
    for seed in seeds:
        with _quiet():
            answer = _made(*seed.question)
        yield seed, answer


def _elsewhere(seeds: Sequence[Seed], jobs: int) -> Iterator[tuple[Seed, Answer]]:
    """Make seeds in other processes; one that ends unasked is replaced."""
    waiting, working = list(seeds), list[_Worker]()
    try:
        while waiting or any(worker.seed for worker in working):
            for worker in working:
                if waiting and not worker.seed:
                    worker.ask(waiting.pop(0))
            while waiting and len(working) < jobs:
                working.append(_Worker.start(waiting.pop(0)))
            for worker in _answering(working):
                yield worker.answered()
            working = [worker for worker in working if worker.process.is_alive()]
    finally:
        for worker in working:
            worker.end()


@dataclass
class _Worker:
    """One process that runs seeds until it is stopped."""

    process: Any
    line: Connection
    seed: Seed | None = None

    @classmethod
    def start(cls, seed: Seed) -> _Worker:
        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=_work, args=(theirs,), daemon=True)
        with ignoring_interrupts():
            process.start()
        theirs.close()
        worker = cls(process, ours)
        worker.ask(seed)
        return worker

    def ask(self, seed: Seed) -> None:
        self.seed = seed
        self.line.send(seed.question)

    def answered(self) -> tuple[Seed, Answer]:
        """Return the seed and its outcome."""
        seed, self.seed = self.seed, None
        assert seed is not None
        try:
            answer: Answer = self.line.recv()
        except EOFError:
            self.process.join()
            return seed, (None, f"its process ended with exit code {self.process.exitcode}")
        return seed, answer

    def end(self) -> None:
        self.process.terminate()
        self.process.join()


def _answering(working: Sequence[_Worker]) -> list[_Worker]:
    """Wait for the next answer, or the end of a process; return all who have one."""
    ready = wait([worker.line for worker in working if worker.seed])
    return [worker for worker in working if worker.line in ready]


def _work(line: Connection) -> None:
    """Answer requests, in a process of its own, until the queue is closed."""
    with _quiet():
        while True:
            try:
                question = line.recv()
            except EOFError:
                return
            line.send(_made(*question))


def _made(run: Callable[..., Outcome], seed: int, steps: int) -> Answer:
    """Run one seed; return its outcome, or a line that says what went wrong."""
    try:
        _prepare(bool(steps))
        return (run(seed, steps) if steps else run(seed)), ""
    except UserError as error:
        return None, in_a_line(error)
    except Exception as error:  # noqa: BLE001  reported with the seed
        traceback.print_exc()
        return None, in_a_line(error)


@cache
def _prepare(in_world: bool) -> None:
    """Make this process ready for a world or for the chamber: one torch thread, all worlds known."""
    if in_world:
        register_worlds()
    if in_world or "torch" in sys.modules:
        import torch

        torch.set_num_threads(1)


@contextmanager
def _quiet() -> Iterator[None]:
    """Suppress alarms and warnings."""
    log = logging.getLogger("dualbrain")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(level)
