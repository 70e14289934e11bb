"""A world in which something goes wrong at a given step: it raises, exits, is sent a signal, or loses its files."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces


class Faulty(gymnasium.Env[Any, Any]):
    """Episodes of 10 steps that pay 1 each; at step ``at`` of all, ``what`` happens."""

    metadata = {"render_modes": []}
    observation_space = spaces.Box(-1.0, 1.0, (2,))
    action_space = spaces.Discrete(2)

    def __init__(self, what: str = "nothing", at: int = 75, render_mode: str | None = None):
        self.render_mode = render_mode
        self._what, self._at, self._steps = what, at, 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        return self._seen(), {}

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        self._steps += 1
        if self._steps == self._at:
            getattr(self, self._what)()
        return self._seen(), float(action), self._steps % 10 == 0, False, {}

    def _seen(self) -> np.ndarray:
        return np.full(2, self._steps % 10 / 10, np.float32)

    def nothing(self) -> None: ...

    def breaks(self) -> None:
        raise RuntimeError("simulator lost its connection")

    def exits(self) -> None:
        sys.exit(7)

    def terminated(self) -> None:
        signal.raise_signal(signal.SIGTERM)

    def hung_up(self) -> None:
        signal.raise_signal(signal.SIGHUP)

    def interrupted_twice(self) -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            signal.raise_signal(signal.SIGINT)

    def swallows(self) -> None:
        with suppress(BaseException):
            signal.raise_signal(signal.SIGTERM)

    def loses_its_files(self) -> None:
        shutil.rmtree("runs")

    def is_made_read_only(self) -> None:
        """Lay a file system over the run's folder that takes nothing."""
        command = ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", "runs/ppo/Faulty-v0_1"]
        subprocess.run(command, check=True)


gymnasium.register("Faulty-v0", "tests.sample_worlds.faulty:Faulty")
