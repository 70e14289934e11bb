"""A progress bar with steps per second and the results of the latest episodes."""

from __future__ import annotations

import time

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from stable_baselines3.common.callbacks import BaseCallback


class ProgressBar(BaseCallback):
    """Show the share of steps (or of the time limit) done, steps per second, and the world's latest episodes.

    In a resumed run, so many steps were ``done`` before.

    A context manager, so that the terminal is whole again however the training ends.
    """

    def __init__(self, total: int, time_limit: float | None, console: Console, done: int = 0):
        super().__init__()
        self._total, self._time_limit, self._before = total, time_limit, done
        share, facts = TextColumn("{task.percentage:3.0f}%"), TextColumn("{task.fields[facts]}", style="dim")
        self._bar = Progress(share, BarColumn(), TimeRemainingColumn(), facts, console=console, refresh_per_second=4)
        self._task = self._bar.add_task("train", total=1.0, facts="")

    def __enter__(self) -> ProgressBar:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def _on_training_start(self) -> None:
        self._start = self._shown = time.monotonic()
        self._first = self.num_timesteps

    def _on_step(self) -> bool:
        if time.monotonic() - self._shown > 0.25:
            self._shown = time.monotonic()
            self._show(self._before + self.num_timesteps - self._first, self._shown - self._start)
        return True

    def _on_training_end(self) -> None:
        self._show(self._total, time.monotonic() - self._start, done=True)

    def _show(self, steps: int, seconds: float, done: bool = False) -> None:
        share = max(steps / self._total, seconds / self._time_limit if self._time_limit else 0.0)
        taken = self.num_timesteps - self._first
        facts = f"{taken:,} steps, {taken / max(seconds, 1e-9):,.0f}/s{self._episodes()}"
        self._bar.update(self._task, completed=1.0 if done else min(share, 1.0), facts=facts)

    def _episodes(self) -> str:
        latest = self.model.ep_info_buffer
        if not latest:
            return ""
        score, length = (float(np.mean([episode[key] for episode in latest])) for key in ("r", "l"))
        return f", episode length {length:,.0f}, score {score:,.2f}"
