"""Enter the stage of the training step, and mark changes of weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dualbrain.scalars.instruments import NOT_PRINTED
from dualbrain.tensorboard.layout import mark_stage, mark_weights
from dualbrain.training.guard import Guard
from dualbrain.training.observer import About, Observer
from dualbrain.training.rollout import Rollout
from dualbrain.training.step import Step


class StageSchedule(Observer):
    """At every rollout's start enter the stage of the training step; log it, and the weights that were changed."""

    def on_start(self, about: About) -> None:
        """Mark no weights that were there from the beginning."""
        self._about, self._marked = about, False
        self._weights = about.steering.weights
        self._marks = Guard("marks of stages and weights", "mark of a stage or of weights in TensorBoard")

    def state_dict(self) -> dict[str, Any]:
        """Return whether the first stage was marked."""
        return {"marked": self._marked}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore whether the first stage was marked."""
        self._marked = bool(state["marked"])

    def on_rollout_start(self, about: About) -> None:
        """Enter the stage of the training step."""
        self._about = about
        self._mark_weights(about.step)
        if about.steering_env.set_training_step(about.step) or not self._marked:
            self._marks.run(mark_stage, about.logger, about.steering, about.step)
            self._marked = True

    def on_step(self, step: Step) -> None:
        """Mark the step at which weights were changed."""
        self._mark_weights(step.timestep)

    def _mark_weights(self, timestep: int) -> None:
        steering = self._about.steering
        if steering.weights is not self._weights:
            self._weights = steering.weights
            self._marks.run(mark_weights, self._about.logger, self._weights, timestep)

    def on_rollout(self, rollout: Rollout, step: int) -> Mapping[str, float]:  # noqa: ARG002
        """Log the stage: the latest, no mean."""
        self._about.logger.record("drive/stage", float(self._about.steering.stage), exclude=NOT_PRINTED)
        return {}
