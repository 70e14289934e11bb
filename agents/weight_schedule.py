"""The callback that changes the weights of drives with the training step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from stable_baselines3.common.callbacks import BaseCallback

from dualbrain.errors import UserError
from dualbrain.structured.ranges import FINITE

if TYPE_CHECKING:
    from agents.ppo import DualBrainPPO

Schedule = Callable[[int], float]
"""The weight at a training step (of all agents together)."""


def linear(start: float, end: float, until: int, since: int = 0) -> Schedule:
    """Return a schedule from ``start`` at step ``since`` to ``end`` at step ``until``, constant before and after.

    Raises `UserError` where ``until`` does not come after ``since``, or something is no finite number.

    >>> weight = linear(1.0, 0.0, until=100)
    >>> weight(0), weight(25), weight(1000)
    (1.0, 0.75, 0.0)
    """
    for what, number in (("start", start), ("end", end), ("until", until), ("since", since)):
        FINITE.check(number, f"{what} of a linear schedule")
    if until <= since:
        raise UserError(f"a linear schedule must end after it begins: until ({until}) after since ({since})")

    def weight(step: int) -> float:
        share = min(max((step - since) / (until - since), 0.0), 1.0)
        return start + share * (end - start)

    return weight


class WeightSchedule(BaseCallback):
    """At every rollout's start, give drives the weights of the training step.

    ``schedules`` names modules or signals, as `SteeringSubsystem.set_weights` does. A stage of development that states
    a weight of its own keeps it. Raises `UserError` for a schedule that is no function and, when training starts, for
    an unknown name.

    ``agent.learn(1_000_000, callback=WeightSchedule({"novelty": linear(1.0, 0.0, until=500_000)}))``
    """

    model: DualBrainPPO

    def __init__(self, schedules: Mapping[str, Schedule]):
        super().__init__()
        for name, schedule in schedules.items():
            _check(name, schedule)
        self._schedules = dict(schedules)

    def _on_training_start(self) -> None:
        self._apply()

    def _on_rollout_start(self) -> None:
        self._apply()

    def _apply(self) -> None:
        step = self.model.num_timesteps
        self.model.set_weights({name: weight(step) for name, weight in self._schedules.items()})

    def _on_step(self) -> bool:
        return True


def _check(name: str, schedule: Any) -> None:
    if not callable(schedule):
        given = " ".join(repr(schedule).split())
        raise UserError(f"the schedule of '{name}' must be a function of the training step, not {given:.60}")
