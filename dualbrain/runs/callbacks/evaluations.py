"""Evaluation on fresh worlds while training: ``evaluations.npz`` and the best model so far."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.episodes.evaluate import Evaluation, evaluate
from dualbrain.episodes.play import Brain
from dualbrain.files.interrupts import interrupts_waiting
from dualbrain.runs.config import EvaluationConfig
from dualbrain.runs.run_folder import BEST_MODEL, EVALUATIONS, RunFolder
from dualbrain.training.guard import random_streams_kept
from dualbrain.worlds.vec_env.stateful import is_stateful


class Evaluations(BaseCallback):
    """Every ``settings.freq`` steps play episodes in ``world``; keep the scores and the model that scored best.

    As Stable-Baselines3's `EvalCallback`, but counted in steps of all worlds together, and never half-written. An
    evaluation that is not over after ``seconds_left()`` (None: whenever) is interrupted and does not count, with a
    warning in the log.
    """

    def __init__(
        self,
        folder: RunFolder,
        world: VecEnv,
        settings: EvaluationConfig,
        seconds_left: Callable[[], float] | None = None,
    ):
        super().__init__()
        self._folder, self._world, self._settings = folder, world, settings
        self._seconds_left = seconds_left
        self._best, self._begun = -np.inf, False
        self._history: dict[str, list[Any]] = {"timesteps": [], "results": [], "ep_lengths": []}

    def _on_training_start(self) -> None:
        self._next = self.num_timesteps + self._settings.freq

    def state_dict(self) -> dict[str, Any]:
        """Return what was evaluated so far, and where the worlds are."""
        worlds = self._world.state_dict() if self._begun and is_stateful(self._world) else None
        history = {name: list(values) for name, values in self._history.items()}
        return {"next": self._next, "best": self._best, "history": history, "begun": self._begun, "worlds": worlds}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on with the evaluations of a run; called once training has started."""
        self._next, self._best = int(state["next"]), float(state["best"])
        self._history = {name: list(state["history"][name]) for name in self._history}
        self._begun = bool(state["begun"])
        if state["worlds"] is not None and is_stateful(self._world):
            self._world.load_state_dict(state["worlds"])
        elif self._begun:  # other episodes than those that were played
            self._world.seed(self.num_timesteps)

    def _on_step(self) -> bool:
        if self.num_timesteps >= self._next:
            self._next += self._settings.freq
            self.evaluate()
        return True

    def _on_training_end(self) -> None:
        if not self._history["timesteps"]:
            self.evaluate()

    def evaluate(self) -> None:
        """Play, log, and keep the model if it never scored better."""
        self._begun = True
        with random_streams_kept():
            played = self._play()
        if played.unplayed:
            said = f"step {self.num_timesteps:,}: this evaluation was interrupted and does not count"
            logging.getLogger("dualbrain").warning(said)
            return
        self._keep(played)
        mean = float(played.scores.mean())
        self.logger.record("eval/mean_reward", mean)
        self.logger.record("eval/mean_ep_length", float(played.lengths.mean()))
        self.logger.dump(self.num_timesteps)
        if mean > self._best:
            self._best = mean
            with interrupts_waiting(), self._folder.writing(BEST_MODEL) as path:
                self.model.save(path)

    def _play(self) -> Evaluation:
        settings, agent = self._settings, cast("Brain", self.model)
        return evaluate(
            agent,
            self._world,
            settings.episodes,
            deterministic=settings.deterministic,
            max_steps=settings.max_steps,
            time_limit=self._seconds_left() if self._seconds_left else None,
            skill=False,
        )

    def _keep(self, played: Evaluation) -> None:
        for name, value in zip(self._history, (self.num_timesteps, played.scores, played.lengths), strict=True):
            self._history[name].append(value)
        with self._folder.writing(EVALUATIONS) as path:
            np.savez(path, allow_pickle=False, **{name: np.array(values) for name, values in self._history.items()})
