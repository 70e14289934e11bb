"""The callback that reads the instruments at the end of every rollout, before SB3 writes its log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np
from stable_baselines3.common.callbacks import BaseCallback

from dualbrain.inspection.audit import Alarm
from dualbrain.inspection.books import Episodes
from dualbrain.inspection.dashboard import hang, sound
from dualbrain.inspection.instruments import (
    NOT_PRINTED,
    Readings,
    read_assessors,
    read_deference,
    read_dopamine,
    read_life,
    valence_errors,
)

if TYPE_CHECKING:
    from agents.ppo import DualBrainPPO
    from agents.record import Record


class Panel(BaseCallback):
    """Read every rollout's instruments into SB3's logger, and into the agent's `History` and `Audit`.

    Alarms of the audit go to TensorBoard's texts, and as warnings to the standard log ``dualbrain``.
    """

    model: DualBrainPPO

    def _on_training_start(self) -> None:
        hang(self.logger, self.model.steering, self.model.options, self.num_timesteps)
        self._episodes = Episodes(np.asarray(self.model._last_episode_starts))

    def _on_step(self) -> bool:
        body = self.model.body
        self._episodes.step(body.last.reward, body.world_reward, self.locals["dones"], body.present())
        return True

    def _on_rollout_end(self) -> None:
        names, history = list(self.model.steering.signals), self.model.history
        if not self.model.record.present.any():
            return
        lived = self.model.record.lived()
        readings = read_life(names, lived) | self._valence() | self._assessors(names, lived)
        readings |= self._audit(lived)
        readings |= read_deference(names, lived, self.model.steering.factors)
        readings |= Readings({"world/present": float(self.model.record.present.mean())})
        readings.write(self.logger)
        history.keep(names, lived, readings)
        for name in names:
            self.logger.record(f"reward/{name}.thought_sum", history.thought_sums[name], exclude=NOT_PRINTED)

    def _audit(self, lived: Record) -> Readings:
        audit = self.model.audit
        steering = self.model.steering
        weights = dict(zip(steering.signals, steering.factors.tolist(), strict=True))
        readings = audit.keep(weights, lived, self._episodes.take(), self.num_timesteps)
        for alarm in audit.listen():
            self._tell(alarm)
        return readings

    def _tell(self, alarm: Alarm) -> None:
        sound(self.logger, alarm)
        logging.getLogger("dualbrain").warning("step %s: %s", f"{alarm.step:,}", alarm.text)

    def _valence(self) -> Readings:
        buffer = self.model.rollout_buffer
        errors = valence_errors(buffer.advantages, buffer.episode_starts, self.model.gamma, self.model.gae_lambda)
        return read_dopamine(["valence"], self.model.record.select(errors[..., None]))

    def _assessors(self, names: list[str], lived: Record) -> Readings:
        assessors, record = self.model.policy.assessors, self.model.record
        if assessors is None:
            return Readings()
        foreseen = read_assessors(names, assessors.probable.cpu().numpy(), lived, lived.targets)
        return foreseen | read_dopamine(names, record.select(record.dopamine(assessors.gamma)))
