"""Train the runs of a comparison, each in a process of its own, and move them to their folders when complete."""

from __future__ import annotations

import logging
import shutil
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import torch

from dualbrain.compare.hparams import write_session
from dualbrain.compare.measure import measure
from dualbrain.compare.outcome import OUTCOME, read_outcome, write_outcome
from dualbrain.compare.study import EvaluationSpec, Run, State, clear
from dualbrain.errors import UserError
from dualbrain.files.trust import vouching
from dualbrain.files.worker_process import start_worker
from dualbrain.origin import in_a_line, notes_of
from dualbrain.runs.build import import_packages
from dualbrain.runs.checkpoint.resume import prepare_again
from dualbrain.runs.models import load_model
from dualbrain.runs.run_folder import ERROR, MODEL, TENSORBOARD, RunFolder
from dualbrain.runs.train import prepare, train
from dualbrain.training.guard import Guard

Tell = Callable[[Run], None]
"""Called with every run that was made."""


def make(run: Run, measuring: EvaluationSpec) -> None:
    """Train one run and measure it, or only what of that is missing; then put it in its place."""
    if run.state(measuring) is State.MISSING:
        _train(run, measuring)
    elif run.state(measuring) is State.UNMEASURED:
        _measure_again(run, measuring)


def _train(run: Run, measuring: EvaluationSpec) -> None:
    begun = run.begun
    if begun is None:
        shutil.rmtree(run.partial, ignore_errors=True)
    with _failure_kept(run):
        prepared = prepare_again(begun) if begun else prepare(run.config, run.name)
        trained = train(prepared, run.partial, run.command)
    _measure(run, trained.agent, trained.folder.path, measuring, trained.shortfall)
    run.place.parent.mkdir(exist_ok=True)
    shutil.rmtree(run.place, ignore_errors=True)
    trained.folder.path.replace(run.place)
    shutil.rmtree(run.failed, ignore_errors=True)
    shutil.rmtree(run.partial, ignore_errors=True)


@contextmanager
def _failure_kept(run: Run) -> Iterator[None]:
    """Keep the folder of a run that took steps before it failed, and name it in the exception."""
    try:
        yield
    except Exception as error:
        for file in run.partial.glob(f"*/*/{ERROR}"):
            before = file.parent
            shutil.rmtree(run.failed, ignore_errors=True)
            before.replace(run.failed)
            notes = [note.replace(str(before), str(run.failed)) for note in getattr(error, "__notes__", ())]
            error.__notes__ = [*notes, f"see {run.failed / ERROR}"]
        raise


def _measure_again(run: Run, measuring: EvaluationSpec) -> None:
    agent, before = load_model(run.place / MODEL, run.config.algo, device="cpu"), read_outcome(run.place / OUTCOME)
    _measure(run, agent, run.place, measuring, before.ended if before else "")


def _measure(run: Run, agent: Any, folder: Path, measuring: EvaluationSpec, ended: str) -> None:
    outcome = measure(agent, run.config, measuring.episodes, measuring.seed, ended)
    session = Guard("the comparison's HParams", f"session of {run.name} in TensorBoard")
    arguments = (run.condition.name, run.condition.summary, outcome, run.config.total_timesteps)
    session.run(write_session, folder / TENSORBOARD, *arguments)
    with RunFolder(folder).writing(OUTCOME) as path:
        write_outcome(path, outcome)


def make_all(runs: Sequence[Run], measuring: EvaluationSpec, jobs: int, tell: Tell) -> None:
    """Make runs, ``jobs`` of them at a time; ``tell`` is called with each that was made.

    A run that fails does not stop the others; then `UserError` is raised that names it. When interrupted, the runs
    under way are ended; those that have a checkpoint resume at the next call, the others are removed.
    """
    waiting, working, failed = list(runs), list[_Worker](), list[str]()
    try:
        while waiting or working:
            while waiting and len(working) < jobs:
                working.append(_Worker.start(waiting.pop(0), measuring))
            for worker in _finished(working):
                working.remove(worker)
                trouble = worker.trouble()
                if trouble:
                    failed.append(f"{worker.run.name}: {trouble}")
                else:
                    tell(worker.run)
    finally:
        for worker in working:
            worker.end()
        clear(runs[0].root, runs)
    if failed:
        raise UserError(
            f"{len(failed)} of {len(runs)} runs failed ({' | '.join(failed)}); repeat the command to continue"
        )


@dataclass(frozen=True)
class _Worker:
    """One process, making one run."""

    run: Run
    process: BaseProcess
    answer: Connection

    @classmethod
    def start(cls, run: Run, measuring: EvaluationSpec) -> _Worker:
        return cls(run, *start_worker(_work, run, measuring))

    def trouble(self) -> str:
        """Return what went wrong, "" if nothing did."""
        self.process.join()
        try:
            return str(self.answer.recv())
        except EOFError:
            return f"its process ended with exit code {self.process.exitcode}"

    def end(self) -> None:
        self.process.terminate()
        self.process.join()


def _finished(working: Sequence[_Worker]) -> list[_Worker]:
    """Wait for the next process to end; return all that have."""
    over = wait([worker.process.sentinel for worker in working])
    return [worker for worker in working if worker.process.sentinel in over]


def _work(run: Run, measuring: EvaluationSpec, answer: Connection) -> None:
    """Make a run, in a process of its own, and answer what went wrong; alarms are kept, not printed."""
    torch.set_num_threads(1)
    logging.getLogger("dualbrain").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    try:
        import_packages(run.config.gym_packages)
        with vouching(measuring.trusted):
            make(run, measuring)
        answer.send("")
    except UserError as error:
        answer.send(in_a_line(error) + notes_of(error))
    except Exception as error:  # noqa: BLE001  the comparison says which run it was
        traceback.print_exc()
        answer.send(in_a_line(error) + notes_of(error))
