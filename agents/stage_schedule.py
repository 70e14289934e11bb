"""The callback that changes the steering subsystem: by stages, by weights, or by an exchange of drives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stable_baselines3.common.callbacks import BaseCallback

from dualbrain.scalars.instruments import NOT_PRINTED
from dualbrain.tensorboard.layout import mark_stage, mark_weights
from dualbrain.training.guard import Guard

if TYPE_CHECKING:
    from agents.ppo import DualBrainPPO


class StageSchedule(BaseCallback):
    """At every rollout's start make changes that waited for it, and enter the stage of the training step; log both."""

    model: DualBrainPPO

    def _on_training_start(self) -> None:
        self._marked = False
        self._weights = self.model.steering.weights
        self._marks = Guard("marks of stages and weights", "mark of a stage or of weights in TensorBoard")

    def state_dict(self) -> dict[str, Any]:
        """Return whether the first stage was marked."""
        return {"marked": self._marked}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore which stages have been marked; called once training has started."""
        self._marked = bool(state["marked"])

    def _on_step(self) -> bool:
        self._notice()
        return True

    def _notice(self) -> None:
        """Mark the step at which weights were changed."""
        if self.model.steering.weights is not self._weights:
            self._weights = self.model.steering.weights
            self._marks.run(mark_weights, self.logger, self._weights, self.model.num_timesteps)

    def _on_rollout_start(self) -> None:
        self.model.change_over()
        self.model.restart()
        self._notice()
        step = self.model.num_timesteps
        if self.model.body.set_training_step(step) or not self._marked:
            self._marks.run(mark_stage, self.logger, self.model.steering, step)
            self._marked = True

    def _on_rollout_end(self) -> None:
        self.logger.record("drive/stage", float(self.model.steering.stage), exclude=NOT_PRINTED)
