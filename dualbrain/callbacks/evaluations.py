"""Evaluation on fresh worlds while training: ``evaluations.npz`` and the best model so far."""

from __future__ import annotations

from typing import Any

import numpy as np
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.run_folder import BEST_MODEL, EVALUATIONS, RunFolder


class Evaluations(BaseCallback):
    """Every ``freq`` steps play ``episodes`` episodes in ``world``; keep the scores and the model that scored best.

    As Stable-Baselines3's `EvalCallback`, but counted in steps of all worlds together, and never half-written.
    """

    def __init__(self, folder: RunFolder, world: VecEnv, freq: int, episodes: int):
        super().__init__()
        self._folder, self._world = folder, world
        self._freq, self._episodes = freq, episodes
        self._best = -np.inf
        self._history: dict[str, list[Any]] = {"timesteps": [], "results": [], "ep_lengths": []}

    def _on_training_start(self) -> None:
        self._next = self.num_timesteps + self._freq

    def _on_step(self) -> bool:
        if self._freq > 0 and self.num_timesteps >= self._next:
            self._next += self._freq
            self.evaluate()
        return True

    def _on_training_end(self) -> None:
        if not self._history["timesteps"]:
            self.evaluate()

    def evaluate(self) -> None:
        """Play, log, and keep the model if it never scored better."""
        scores, lengths = evaluate_policy(self.model, self._world, self._episodes, return_episode_rewards=True)
        self._keep(scores, lengths)
        self.logger.record("eval/mean_reward", float(np.mean(scores)))
        self.logger.record("eval/mean_ep_length", float(np.mean(lengths)))
        self.logger.dump(self.num_timesteps)
        if np.mean(scores) > self._best:
            self._best = float(np.mean(scores))
            with self._folder.writing(BEST_MODEL) as path:
                self.model.save(path)

    def _keep(self, scores: Any, lengths: Any) -> None:
        for name, value in zip(self._history, (self.num_timesteps, scores, lengths), strict=True):
            self._history[name].append(value)
        with self._folder.writing(EVALUATIONS) as path:
            np.savez(path, allow_pickle=False, **{name: np.array(values) for name, values in self._history.items()})
