"""The callback that saves the model at regular intervals."""

from __future__ import annotations

import logging
import time

from stable_baselines3.common.callbacks import BaseCallback

from dualbrain.origin import in_a_line
from dualbrain.runs.keeping import has_learned, save_checkpoint
from dualbrain.runs.run_folder import MODEL, RunFolder


class Checkpoints(BaseCallback):
    """Write ``checkpoint.zip`` so often that it is never more than ``seconds`` of training old.

    It has the name ``model.zip`` too. It is written when a rollout starts: training is over then, and parameters,
    optimizers and what the drives remember belong together. So it is written early where the next start would be too
    late; in the long run no more often than rollouts start. One that cannot be written leaves the one before it; that
    is said once, and tried again. It must come after all callbacks that do anything when a rollout starts.
    """

    def __init__(self, folder: RunFolder, seconds: float):
        super().__init__()
        self._folder, self._seconds = folder, seconds
        self._said = False

    def _on_training_start(self) -> None:
        self._saved = self._started = time.monotonic()
        self._first = self.num_timesteps

    def _on_rollout_start(self) -> None:
        now = time.monotonic()
        following, self._started = 2 * now - self._started, now
        trained = self.model.num_timesteps > self._first and has_learned(self.model)
        if trained and following > self._saved + self._seconds:
            self._save()
            self._saved = time.monotonic()

    def _on_step(self) -> bool:
        return True

    def _save(self) -> None:
        try:
            save_checkpoint(self.model, self.locals["callback"], self._folder)
        except Exception as error:  # noqa: BLE001  a copy is not worth the training
            self._say(error)

    def _say(self, error: Exception) -> None:
        if not self._said:
            self._said = True
            left = "the one before it stays" if self._folder.model.is_file() else "there is none yet"
            facts = (self.num_timesteps, MODEL, self._folder.path, in_a_line(error), left)
            logging.getLogger("dualbrain").warning(
                "step %s: %s cannot be written in %s (%s); %s, and training goes on", *facts
            )
