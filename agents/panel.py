"""The callback that computes the scalars at the end of every rollout, before SB3 writes its log."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from stable_baselines3.common.callbacks import BaseCallback

from dualbrain.model_file.names import name_of as code_name
from dualbrain.scalars.audit import Alarm
from dualbrain.scalars.books import Episodes, RewardShares
from dualbrain.scalars.instruments import (
    NOT_PRINTED,
    Readings,
    classification_scalars,
    leads_of,
    prediction_scalars,
    read_deference,
    read_dopamine,
    read_leads,
    read_weights,
    reward_scalars,
    valence_errors,
)
from dualbrain.scalars.timeline import Timeline
from dualbrain.tensorboard.description import describe, name_of
from dualbrain.tensorboard.hparams import Settings, write_run
from dualbrain.tensorboard.layout import hang, sound, writers
from dualbrain.tensorboard.outputs import keep_writing
from dualbrain.training.guard import Guard

if TYPE_CHECKING:
    from agents.ppo import DualBrainPPO
    from dualbrain.training.rollout import Rollout

MOST_STEPS = 16_384
"""Steps of a rollout from which some means are taken; of more, those of the first agents."""
NUMBERS = ("n_envs", "n_steps", "batch_size", "n_epochs", "gamma", "gae_lambda", "ent_coef", "vf_coef")
"""Settings of an agent that are numbers."""


class Panel(BaseCallback):
    """Writes every rollout's scalars to SB3's logger, and to the agent's `RecentRollouts` and `Audit`.

    Alarms of the audit go to TensorBoard's texts, and as warnings to the standard log ``dualbrain``.
    """

    model: DualBrainPPO

    def __init__(self) -> None:
        super().__init__()
        self._card = Guard("the card of what steers", "card in TensorBoard")
        self._settings = Guard("settings in TensorBoard", "entry of this run among its hyperparameters")

    def _on_training_start(self) -> None:
        keep_writing(self.logger)
        self._open()
        self._settings.run(self._register, ended=False)

    def state_dict(self) -> dict[str, Any]:
        """Return the episodes that are under way."""
        return self._episodes.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore unfinished episodes; called once training has started."""
        self._episodes.load_state_dict(state)

    def _open(self) -> None:
        """Lay out the instruments for the drives that steer from now on."""
        self._steering = self.model.steering
        self._card.run(self._hang)
        self._episodes = Episodes(np.asarray(self.model._last_episode_starts))

    def _on_rollout_start(self) -> None:
        if self.model.steering is not self._steering:
            self._open()

    def _on_training_end(self) -> None:
        self._settings.run(self._register, ended=True)

    def _hang(self) -> None:
        world = describe(self.model.body)
        hang(self.logger, self.model.steering, self.model.options, world, self.num_timesteps)

    def _register(self, ended: bool) -> None:
        """Register the run for TensorBoard's HParams."""
        for writer in writers(self.logger):
            write_run(Path(writer.log_dir), settings_of(self.model), ended)

    def _on_step(self) -> bool:
        body = self.model.body
        self._episodes.step(body.last.reward, body.world_reward, self.locals["dones"], body.present())
        return True

    def _on_rollout_end(self) -> None:
        names, history = list(self.model.steering.signals), self.model.history
        if not self.model.record.present.any():
            return
        lived, some = self.model.record.lived(), self._sample()
        speaking = some.lived()
        readings = reward_scalars(names, lived) | self._valence()
        readings |= self._assessors(names, lived) | self._sampled(names, some, speaking)
        paid = RewardShares.of(lived)
        readings |= self._audit(paid)
        readings |= read_deference(names, speaking, self.model.steering.current_weights)
        readings |= read_weights(names, self.model.steering.current_weights)
        readings |= Readings({"world/present": float(self.model.record.present.mean())})
        readings.write(self.logger)
        history.keep(names, lived, paid, readings)
        for name in names:
            self.logger.record(f"reward/{name}.thought_sum", history.thought_sums[name], exclude=NOT_PRINTED)

    def _audit(self, paid: RewardShares) -> Readings:
        audit = self.model.audit
        steering = self.model.steering
        weights = dict(zip(steering.signals, steering.current_weights.tolist(), strict=True))
        readings = audit.keep(weights, paid, self._episodes.take(), self.num_timesteps)
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

    def _sample(self) -> Rollout:
        """Return the record of as many agents as speak for all: of all of them, unless they are many."""
        record = self.model.record
        some = record.first(max(MOST_STEPS // record.n_steps, 1))
        return some if some.present.any() else record

    def _assessors(self, names: list[str], lived: Rollout) -> Readings:
        assessors, record = self.model.policy.assessors, self.model.record
        if assessors is None:
            return Readings()
        foreseen = classification_scalars(names, assessors.probable.cpu().numpy(), lived, lived.targets)
        return foreseen | read_dopamine(names, record.select(record.long_errors))

    def _sampled(self, names: list[str], some: Rollout, lived: Rollout) -> Readings:
        """Read means of foresight from the agents that speak for all; ``lived`` are their rows without absence."""
        if self.model.policy.assessors is None:
            return Readings()
        timeline = Timeline.of_rollout(self.model.rollout_buffer.episode_starts[:, : some.n_envs], some.present)
        warned = leads_of(self.model.steering.signals, timeline, some, some.targets)
        return prediction_scalars(names, lived, lived.targets) | read_leads(warned)


def settings_of(agent: DualBrainPPO) -> Settings:
    """Return what decides how an agent trains, but for chance."""
    weights = agent.steering.weights
    cut = (*agent.steering.ablations, *(agent.options.ablations if agent.options else ("assessors",)))
    return {
        "world": name_of(agent.body),
        "drives": ", ".join(f"{name}:{weight:g}" for name, weight in weights.items()),
        "stages": "; ".join(map(str, agent.steering.stages)),
        "ablated": ", ".join(cut),
        "cortex": agent.cortex if isinstance(agent.cortex, str) else code_name(agent.cortex),
        "learning_rate": agent.learning_rate if isinstance(agent.learning_rate, float) else "schedule",
        **{name: getattr(agent, name) for name in NUMBERS},
    }
