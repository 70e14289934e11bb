"""Training that stops after so many seconds."""

from __future__ import annotations

import time

from stable_baselines3.common.callbacks import BaseCallback


class TimeLimit(BaseCallback):
    """Stop training after ``seconds``, counted from its start."""

    def __init__(self, seconds: float):
        super().__init__()
        self._seconds = seconds

    def _on_training_start(self) -> None:
        self._deadline = time.monotonic() + self._seconds

    def _on_step(self) -> bool:
        return time.monotonic() < self._deadline
