"""One training run, from its configuration to its folder."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from stable_baselines3.common.callbacks import BaseCallback

from dualbrain.files.file_lock import holding
from dualbrain.files.interrupts import Interrupted, number_of
from dualbrain.observers.named import load_observer
from dualbrain.runs.build import build_world, use_threads
from dualbrain.runs.callbacks.checkpoints import Checkpoints
from dualbrain.runs.callbacks.early_end import EarlyEnd, StopOnAlarm, TimeLimit
from dualbrain.runs.callbacks.evaluations import Evaluations
from dualbrain.runs.callbacks.interruption import Interruption
from dualbrain.runs.callbacks.log_writing import LogWriting, rollouts_per_write
from dualbrain.runs.callbacks.monitor_file import MonitorFile
from dualbrain.runs.callbacks.progress import ProgressBar
from dualbrain.runs.checkpoint.resume import reopen
from dualbrain.runs.checkpoint.training_state import Continuation
from dualbrain.runs.config import RunConfig, to_toml
from dualbrain.runs.faults import faults_kept
from dualbrain.runs.keeping import save_somewhere
from dualbrain.runs.prepared import Prepared, prepare
from dualbrain.runs.run_folder import BEST_MODEL, COMMAND, CONFIG, MONITOR, TENSORBOARD, VERSIONS, RunFolder
from dualbrain.runs.versions import versions
from dualbrain.tensorboard.outputs import event_logger
from dualbrain.training.guard import Guard, GuardedCallback, random_streams_kept
from dualbrain.training.observer import Observer

__all__ = ["Prepared", "Trained", "prepare", "train"]

INTERRUPTED = "an interruption"
EVALUATION_SEED = 10_000
"""Added to the run's seed: evaluation meets other worlds than training."""


@dataclass(frozen=True)
class Trained:
    """The results of a run."""

    folder: RunFolder
    agent: Any
    steps: int
    """Steps that it took,"""
    planned: int
    """of those that it was to take."""
    ended: str = ""
    """What ended it before its steps were done, `INTERRUPTED` or words for people; "" where nothing did."""
    signal: int = 0
    """Number of the signal that stopped it, 0 for none; the model is saved all the same."""

    @property
    def interrupted(self) -> bool:
        """Whether a signal stopped it, such as Ctrl-C."""
        return bool(self.signal)

    @property
    def shortfall(self) -> str:
        """Describe in a line how many steps were done and what ended the run; "" if all were."""
        return f"{self.steps:,} of {self.planned:,} steps: {self.ended} ended training" if self.ended else ""


def train(
    run: Prepared, root: str | Path, command: str, bar: Console | None = None, places: Iterable[Path] = ()
) -> Trained:
    """Train, and keep everything in a new run folder below ``root``, with the ``command`` that asked for it.

    A resumed run stays in its own folder. Progress is shown on ``bar``; for ``places`` see `save_somewhere`.

    Raises `UserError`, before anything is trained, where the folder cannot be written or another process trains in it,
    and `SaveError` where the model cannot be written at the end.
    """
    config, agent = run.config, run.agent
    use_threads(config)
    folder = run.before.folder if run.before else RunFolder.create(root, config.algo, config.env)
    with holding(folder.path, f"{folder.path} is being trained by another process"):
        if run.before:
            with faults_kept(agent, folder, places, new=False):
                reopen(run.before, command)
                return _learn(run, folder, bar, places)
        with faults_kept(agent, folder, places):
            folder.write(CONFIG, to_toml(config))
            folder.write(COMMAND, command + "\n")
            folder.write(VERSIONS, versions())
            return _learn(run, folder, bar, places)


def _learn(run: Prepared, folder: RunFolder, bar: Console | None, places: Iterable[Path]) -> Trained:
    """Let the agent learn, and save it before anything is closed."""
    config, agent = run.config, run.agent
    first, before = run.first, agent.num_timesteps
    with ExitStack() as stack:
        agent.set_logger(event_logger(folder.path / TENSORBOARD))
        stack.callback(agent.logger.close)
        callbacks = _callbacks(run, folder, bar, stack)
        number = _signal_that_ended(run, callbacks)
        if number and agent.num_timesteps == before:
            raise Interrupted(number)
        reasons = [INTERRUPTED] * bool(number) + [each.reason for each in callbacks if isinstance(each, EarlyEnd)]
        ended = next(filter(None, reasons), "")
        save_somewhere(agent, folder, places, complete=not ended)
    if not ended:
        folder.finish()
    return Trained(folder, agent, agent.num_timesteps - first, config.total_timesteps, ended, number)


def _signal_that_ended(run: Prepared, callbacks: list[BaseCallback | Observer]) -> int:
    """Let the agent learn, the cortex first by itself; return the number of the signal that ended it, else 0."""
    try:
        if run.config.pretrain and not run.goes_on:
            run.agent.pretrain(run.config.pretrain)
        run.agent.learn(
            run.config.total_timesteps - run.done,
            callbacks,
            log_interval=None,  # `LogWriting` writes the log
            reset_num_timesteps=run.is_new,
        )
    except KeyboardInterrupt as interrupt:
        return number_of(interrupt)
    return 0


def _callbacks(
    run: Prepared, folder: RunFolder, bar: Console | None, stack: ExitStack
) -> list[BaseCallback | Observer]:
    config, agent = run.config, run.agent
    clock = TimeLimit(config.time_limit) if config.time_limit else None
    callbacks: list[BaseCallback | Observer] = [
        *map(load_observer, config.observers),
        Interruption(),
        _monitor(config, folder, stack),
    ]
    if config.evaluation.freq:
        callbacks += _evaluations(run, folder, stack, clock)
    if clock:
        callbacks.append(clock)
    if config.stop_on_alarm:
        callbacks.append(StopOnAlarm(agent.audit))
    if bar:
        shown = stack.enter_context(ProgressBar(config.total_timesteps, config.time_limit, bar, run.done))
        callbacks.append(GuardedCallback(shown, Guard("the progress bar", "progress bar")))
    callbacks.append(LogWriting(rollouts_per_write(agent, config.total_timesteps)))
    if config.save_every:
        callbacks.append(Checkpoints(folder, config.save_every))
    if run.before and run.before.training:
        callbacks.append(Continuation(run.before.training, str(folder.checkpoint)))
    return callbacks


def _monitor(config: RunConfig, folder: RunFolder, stack: ExitStack) -> BaseCallback:
    guard = Guard("the monitor file", f"episode in {MONITOR}")
    monitor = MonitorFile(folder.path / MONITOR, config.env)
    stack.callback(guard.run, monitor.close)
    return GuardedCallback(monitor, guard)


def _evaluations(run: Prepared, folder: RunFolder, stack: ExitStack, clock: TimeLimit | None) -> list[BaseCallback]:
    """Return what evaluates during training: nothing where the world cannot be made a second time."""
    config = run.config
    guard = Guard("evaluation during training", f"evaluation, and no {BEST_MODEL}")
    with random_streams_kept():
        world = guard.run(build_world, config, config.evaluation.n_envs, config.seed + EVALUATION_SEED)
    if world is None:
        return []
    stack.callback(Guard("closing the evaluation's world", "sign that it was closed").run, world.close)
    evaluations = Evaluations(folder, world, config.evaluation, clock.left if clock else None)
    return [GuardedCallback(evaluations, guard)]
