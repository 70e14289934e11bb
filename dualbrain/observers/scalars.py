"""Compute the scalars of every rollout, keep the audit, and describe the run in TensorBoard."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dualbrain.scalars.audit import Audit
from dualbrain.scalars.books import EpisodeReturns, RewardShares
from dualbrain.scalars.instruments import (
    NOT_PRINTED,
    Scalars,
    classification_scalars,
    deference_scalars,
    dopamine_scalars,
    lead_time_scalars,
    leads_of,
    prediction_scalars,
    reward_scalars,
    weight_scalars,
)
from dualbrain.scalars.recent_rollouts import RecentRollouts
from dualbrain.scalars.timeline import Timeline
from dualbrain.tensorboard.description import describe
from dualbrain.tensorboard.hparams import write_run
from dualbrain.tensorboard.layout import install_layout, raise_alarm
from dualbrain.tensorboard.outputs import keep_writing
from dualbrain.training.guard import Guard
from dualbrain.training.observer import About, Observer
from dualbrain.training.rollout import VALENCE, Rollout
from dualbrain.training.step import Step

MOST_STEPS = 16_384
"""Steps of a rollout from which some means are taken; of more, those of the first agents."""


class ScalarsObserver(Observer):
    """Return every rollout's scalars, and keep them in ``history`` and ``audit``, which belong to the agent.

    Alarms of the audit go to TensorBoard's texts, and as warnings to the standard log ``dualbrain``. ``world_model``:
    whether TensorBoard's layout has the chart of what a cortex imagines.
    """

    def __init__(self, history: RecentRollouts, audit: Audit, world_model: bool = False):
        self._history, self._audit, self._world_model = history, audit, world_model
        self._card = Guard("the card of what steers", "card in TensorBoard")
        self._settings = Guard("settings in TensorBoard", "entry of this run among its hyperparameters")

    def on_start(self, about: About) -> None:
        """Describe the run in TensorBoard."""
        keep_writing(about.logger)
        self._open(about)
        self._settings.run(self._register, ended=False)

    def state_dict(self) -> dict[str, Any]:
        """Return unfinished episodes."""
        return self._episodes.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore unfinished episodes."""
        self._episodes.load_state_dict(state)

    def _open(self, about: About) -> None:
        """Lay out pages and charts for the drives that steer from now on."""
        self._about, self._steering = about, about.steering
        self._card.run(self._describe)
        self._episodes = EpisodeReturns(about.steering_env.starts)

    def on_rollout_start(self, about: About) -> None:
        """Start again where drives were exchanged."""
        if about.steering is not self._steering:
            self._open(about)

    def on_end(self) -> None:
        """Mark the run as ended in TensorBoard."""
        self._settings.run(self._register, ended=True)

    def _describe(self) -> None:
        about = self._about
        world = describe(about.steering_env)
        install_layout(about.logger, about.steering, about.options, world, about.step, self._world_model)

    def _register(self, ended: bool) -> None:
        """Register the run for TensorBoard's HParams."""
        for writer in self._about.writers:
            write_run(Path(writer.log_dir), self._about.settings(), ended)

    def on_step(self, step: Step) -> None:
        """Add up the episodes that are under way."""
        self._episodes.step(step.steering.reward, step.world_reward, step.dones, step.present)

    def on_rollout(self, rollout: Rollout, step: int) -> Mapping[str, float]:
        """Return the scalars of a rollout; counts are added up in the log, and are not among them."""
        names = list(rollout.signals)
        if not rollout.present.any():
            return {}
        lived, some = rollout.lived(), _sample(rollout)
        speaking = some.lived()
        scalars = reward_scalars(names, lived) | _valence(rollout)
        scalars |= _predictions(names, rollout, lived) | _sampled(names, some, speaking)
        paid = RewardShares.of(lived)
        scalars |= self._judge(rollout, paid, step)
        scalars |= deference_scalars(names, speaking, rollout.weights)
        scalars |= weight_scalars(names, rollout.weights)
        scalars |= Scalars({"world/present": float(rollout.present.mean())})
        scalars.write_counts(self._about.logger)
        self._history.keep(names, lived, paid, scalars)
        for name in names:
            paid_so_far = self._history.thought_sums[name]
            self._about.logger.record(f"reward/{name}.thought_sum", paid_so_far, exclude=NOT_PRINTED)
        return scalars.means

    def _judge(self, rollout: Rollout, paid: RewardShares, step: int) -> Scalars:
        """Add a rollout to the audit, and raise alarms."""
        weights = dict(zip(rollout.signals, rollout.weights.tolist(), strict=True))
        scalars = self._audit.keep(weights, paid, self._episodes.take(), step)
        for alarm in self._audit.new_alarms():
            raise_alarm(self._about.logger, alarm)
        return scalars


def _valence(rollout: Rollout) -> Scalars:
    if rollout.valence_errors is None:
        return Scalars()
    return dopamine_scalars([VALENCE], rollout.select(rollout.valence_errors[..., None]))


def _sample(rollout: Rollout) -> Rollout:
    """Return the rollout of as many agents as speak for all: of all of them, unless they are many."""
    some = rollout.first(max(MOST_STEPS // rollout.n_steps, 1))
    return some if some.present.any() else rollout


def _predictions(names: list[str], rollout: Rollout, lived: Rollout) -> Scalars:
    if not rollout.predicted:
        return Scalars()
    probable = np.array([signal.is_probability for signal in rollout.signals.values()])
    foreseen = classification_scalars(names, probable, lived, lived.targets)
    return foreseen | dopamine_scalars(names, rollout.select(rollout.long_errors))


def _sampled(names: list[str], some: Rollout, lived: Rollout) -> Scalars:
    """Return means of predictions from the agents that speak for all; ``lived`` are the rows of present agents."""
    if not some.predicted:
        return Scalars()
    timeline = Timeline.of_rollout(some.episode_starts, some.present)
    warned = leads_of(some.signals, timeline, some, some.targets)
    return prediction_scalars(names, lived, lived.targets) | lead_time_scalars(warned)
