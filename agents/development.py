"""The callback that lets the steering subsystem mature: it is told the training step at every rollout's start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stable_baselines3.common.callbacks import BaseCallback

from dualbrain.inspection.dashboard import mark_stage
from dualbrain.inspection.instruments import NOT_PRINTED

if TYPE_CHECKING:
    from agents.ppo import DualBrainPPO


class Development(BaseCallback):
    """Enter the stage of the training step, and log it."""

    model: DualBrainPPO

    def _on_training_start(self) -> None:
        self._marked = False

    def _on_step(self) -> bool:
        return True

    def _on_rollout_start(self) -> None:
        step = self.model.num_timesteps
        if self.model.body.mature(step) or not self._marked:
            mark_stage(self.logger, self.model.steering, step)
            self._marked = True

    def _on_rollout_end(self) -> None:
        self.logger.record("drive/stage", float(self.model.steering.stage), exclude=NOT_PRINTED)
