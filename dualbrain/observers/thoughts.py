"""Log how thoughts are distributed and how well a world model imagines them; report where it has collapsed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from dualbrain.cortex.world_models import WorldModel
from dualbrain.observers.thought_sample import ThoughtSample, sample_thoughts
from dualbrain.scalars.audit import Alarm, Audit
from dualbrain.scalars.collapse import CollapseDetector
from dualbrain.scalars.effective_rank import effective_rank
from dualbrain.scalars.foresight import AHEAD, skill_against
from dualbrain.tensorboard.layout import raise_alarm
from dualbrain.training.auxiliary import Predicting
from dualbrain.training.observer import About, Observer
from dualbrain.training.rollout import Rollout

MOST_STARTS = 256
"""Rows from which imagination starts."""
FIRST, EVERY = 3, 4
"""The first rollouts are looked at, and every so many of those that follow, so that it costs less than 1 %."""


class ThoughtsObserver(Observer):
    """Return effective rank and deviation of a sample of thoughts, and prediction skill of a world model.

    The first three rollouts have them, then every fourth.
    A world model whose thoughts have collapsed is an alarm, which goes to the ``audit``.
    """

    def __init__(self, network: Predicting, audit: Audit):
        self._network, self._audit = network, audit
        self._collapse, self._rollouts = CollapseDetector(), 0

    def on_start(self, about: About) -> None:
        """Note where alarms go."""
        self._logger = about.logger

    def on_rollout(self, rollout: Rollout, step: int) -> Mapping[str, float]:
        """Return the scalars of a rollout that is looked at."""
        self._rollouts += 1
        if self._rollouts > FIRST and self._rollouts % EVERY:
            return {}
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            sample, cortex = sample_thoughts(self._network, rollout), self._network.cortex
            if not sample.windows.present.any():
                return {}
            spread = _spread(sample.of_present())
            if not isinstance(cortex, WorldModel):
                return spread
            self._judge(spread, step)
            return {**spread, **dict(skills(cortex, sample))}

    def _judge(self, spread: Mapping[str, float], step: int) -> None:
        """Raise the alarm where thoughts have collapsed."""
        rank, deviation = spread["cortex/rank"], spread["cortex/deviation_median"]
        if not self._collapse.add(rank, deviation):
            return
        found = f"its thoughts vary in {rank:.1f} directions, by a median deviation of {deviation:.2g}"
        for alarm in self._audit.add([Alarm(step, "collapse", f"the cortex has collapsed: {found}")]):
            raise_alarm(self._logger, alarm)

    def state_dict(self) -> dict[str, Any]:
        """Return how many rollouts there were, and what a collapse is judged by."""
        return {"rollouts": self._rollouts, "collapse": self._collapse.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore what `state_dict` returned."""
        self._rollouts = int(state["rollouts"])
        self._collapse.load_state_dict(state["collapse"])


def _spread(thoughts: Tensor) -> dict[str, float]:
    """Return effective rank and deviations of thoughts ``(R, Z)``."""
    deviation = thoughts.std(0, correction=0)
    return {
        "cortex/rank": effective_rank(thoughts.cpu().numpy()),
        "cortex/deviation_least": deviation.min().item(),
        "cortex/deviation_median": deviation.median().item(),
    }


def skills(cortex: WorldModel, sample: ThoughtSample) -> Iterator[tuple[str, float]]:
    """Yield the skill of thoughts that a world model imagines from a sample, by key: ``cortex/skill_1`` and so on."""
    known = sample.known_ahead()
    places = torch.nonzero(known)
    steps, agents = places[torch.linspace(0, max(len(places) - 1, 0), min(MOST_STARTS, len(places))).long()].T
    now, mean = sample.thoughts[steps, agents], sample.of_present().mean(0)
    for ahead, imagined in enumerate(sample.imagine(cortex, steps, agents, max(AHEAD)), 1):
        if ahead in AHEAD:
            rows = known[steps, agents] >= ahead
            came = sample.thoughts[steps[rows] + ahead, agents[rows]]
            guesses = (mean.expand_as(came), now[rows], imagined[rows], came)
            over_mean, still, own, came_ = (each.cpu().numpy() for each in guesses)
            yield f"cortex/skill_{ahead}", skill_against(still, own, came_)
            yield f"cortex/skill_{ahead}_mean", skill_against(over_mean, own, came_)
