"""One training run, from its configuration to its folder."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from stable_baselines3.common.callbacks import BaseCallback

from dualbrain.errors import UserError
from dualbrain.inspection.guard import Guard, GuardedCallback, random_streams_kept
from dualbrain.inspection.outputs import event_logger
from dualbrain.inspection.schedule import log_interval
from dualbrain.interrupts import Interrupted, number_of
from dualbrain.running.assembly import build_agent, build_world, completed, use_threads
from dualbrain.running.callbacks.checkpoints import Checkpoints
from dualbrain.running.callbacks.early_end import EarlyEnd, StopOnAlarm, TimeLimit
from dualbrain.running.callbacks.evaluations import Evaluations
from dualbrain.running.callbacks.interruption import Interruption
from dualbrain.running.callbacks.monitor_file import MonitorFile
from dualbrain.running.callbacks.progress import ProgressBar
from dualbrain.running.config import RunConfig, to_toml
from dualbrain.running.faults import faults_kept
from dualbrain.running.keeping import save_somewhere
from dualbrain.running.run_folder import BEST_MODEL, CONFIG, MONITOR, TENSORBOARD, RunFolder
from dualbrain.running.versions import versions
from dualbrain.steering_file import compose

INTERRUPTED = "an interruption"
EVALUATION_SEED = 10_000
"""Added to the run's seed: evaluation meets other worlds than training."""


@dataclass(frozen=True)
class Prepared:
    """A run that could be put together: its mistakes, if any, were told."""

    config: RunConfig
    """The configuration with every default written out."""
    agent: Any


@dataclass(frozen=True)
class Trained:
    """What a run left behind."""

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
        """How far it came, and what ended it, in a line; "" where all steps were done."""
        return f"{self.steps:,} of {self.planned:,} steps: {self.ended} ended training" if self.ended else ""


def prepare(config: RunConfig, where: str) -> Prepared:
    """Put a run together, ``where`` naming the configuration's source; raises `UserError` for a mistake in it."""
    config = completed(config, where)
    agent = build_agent(config, compose(config, where))
    if config.stop_on_alarm and not hasattr(agent, "audit"):
        raise UserError(f"stop_on_alarm: the algorithm '{config.algo}' keeps no audit, so no alarm can sound")
    return Prepared(config, agent)


def train(
    run: Prepared, root: str | Path, command: str, bar: Console | None = None, places: Iterable[Path] = ()
) -> Trained:
    """Train, and keep everything in a new run folder below ``root``, with the ``command`` that asked for it.

    Progress is shown on ``bar``; for ``places`` see `save_somewhere`. Raises `UserError`, before anything is trained,
    where the folder cannot be written, and `SaveError` where the model cannot be written at the end.
    """
    config, agent = run.config, run.agent
    use_threads(config)
    folder = RunFolder.create(root, config.algo, config.env)
    with faults_kept(agent, folder, places):
        folder.write(CONFIG, to_toml(config))
        folder.write("command.txt", command + "\n")
        folder.write("versions.txt", versions())
        return _learn(agent, config, folder, bar, places)


def _learn(agent: Any, config: RunConfig, folder: RunFolder, bar: Console | None, places: Iterable[Path]) -> Trained:
    """Let the agent learn, and save it before anything is closed."""
    before = 0 if config.trained_agent is None else agent.num_timesteps
    with ExitStack() as stack:
        agent.set_logger(event_logger(folder.path / TENSORBOARD))
        stack.callback(agent.logger.close)
        callbacks = _callbacks(agent, config, folder, bar, stack)
        number = _signal_that_ended(agent, config, callbacks)
        if number and agent.num_timesteps == before:
            raise Interrupted(number)
        save_somewhere(agent, folder, places)
    reasons = [INTERRUPTED] * bool(number) + [each.reason for each in callbacks if isinstance(each, EarlyEnd)]
    ended = next(filter(None, reasons), "")
    return Trained(folder, agent, agent.num_timesteps - before, config.total_timesteps, ended, number)


def _signal_that_ended(agent: Any, config: RunConfig, callbacks: list[BaseCallback]) -> int:
    """Let the agent learn; return the number of the signal that ended it, 0 where none did."""
    interval = log_interval(config.total_timesteps // max(getattr(agent, "n_steps", 1) * config.n_envs, 1))
    anew = config.trained_agent is None
    try:
        agent.learn(config.total_timesteps, callbacks, log_interval=interval, reset_num_timesteps=anew)
    except KeyboardInterrupt as interrupt:
        return number_of(interrupt)
    return 0


def _callbacks(
    agent: Any, config: RunConfig, folder: RunFolder, bar: Console | None, stack: ExitStack
) -> list[BaseCallback]:
    clock = TimeLimit(config.time_limit) if config.time_limit else None
    callbacks: list[BaseCallback] = [Interruption(), _monitor(config, folder, stack)]
    if config.save_every:
        callbacks.append(Checkpoints(folder, config.save_every))
    if config.evaluation.freq:
        callbacks += _evaluations(config, folder, stack, clock)
    if clock:
        callbacks.append(clock)
    if config.stop_on_alarm:
        callbacks.append(StopOnAlarm(agent.audit))
    if bar:
        shown = stack.enter_context(ProgressBar(config.total_timesteps, config.time_limit, bar))
        callbacks.append(GuardedCallback(shown, Guard("the progress bar", "progress bar")))
    return callbacks


def _monitor(config: RunConfig, folder: RunFolder, stack: ExitStack) -> BaseCallback:
    guard = Guard("the monitor file", f"episode in {MONITOR}")
    monitor = MonitorFile(folder.path / MONITOR, config.env)
    stack.callback(guard.run, monitor.close)
    return GuardedCallback(monitor, guard)


def _evaluations(config: RunConfig, folder: RunFolder, stack: ExitStack, clock: TimeLimit | None) -> list[BaseCallback]:
    """Return what evaluates during training: nothing where the world cannot be made a second time."""
    guard = Guard("evaluation during training", f"evaluation, and no {BEST_MODEL}")
    with random_streams_kept():
        world = guard.run(build_world, config, config.evaluation.n_envs, config.seed + EVALUATION_SEED)
    if world is None:
        return []
    stack.callback(Guard("closing the evaluation's world", "sign that it was closed").run, world.close)
    evaluations = Evaluations(folder, world, config.evaluation, clock.left if clock else None)
    return [GuardedCallback(evaluations, guard)]
