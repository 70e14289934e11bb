"""The callback that changes the weights of drives with the training step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.on_policy_algorithm import OnPolicyAlgorithm
from stable_baselines3.common.vec_env import unwrap_vec_wrapper

from dualbrain.errors import UserError
from dualbrain.structured.ranges import FINITE
from dualbrain.worlds.steering_vec_env import SteeringVecEnv

Schedule = Callable[[int], float]
"""The weight at a training step (of all agents together)."""
EVERY = 256
"""Steps of each agent after which weights change under an off-policy algorithm."""


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
    """Give drives the weights of the training step, under any algorithm in a `SteeringVecEnv`.

    That is at every rollout's start, or, under an off-policy algorithm, which collects a few steps at a time, after
    every `EVERY` steps of each agent. ``schedules`` names modules or signals, as `SteeringSubsystem.set_weights` does.
    A stage of development that states a weight of its own keeps it. Raises `UserError` for a schedule that is no
    function and, when training starts, for an unknown name or an environment that does not steer.

    ``agent.learn(1_000_000, callback=WeightSchedule({"novelty": linear(1.0, 0.0, until=500_000)}))``
    """

    model: BaseAlgorithm

    def __init__(self, schedules: Mapping[str, Schedule]):
        super().__init__()
        for name, schedule in schedules.items():
            _check(name, schedule)
        self._schedules = dict(schedules)

    def _on_training_start(self) -> None:
        assert self.model.env is not None
        body = unwrap_vec_wrapper(self.model.env, SteeringVecEnv)
        if body is None:
            raise UserError("weights are those of drives: put a SteeringVecEnv around the algorithm's environment")
        self._body: SteeringVecEnv = body
        self._on_policy = isinstance(self.model, OnPolicyAlgorithm)
        self._apply()

    def _on_rollout_start(self) -> None:
        if self._on_policy or self.num_timesteps - self._applied >= EVERY * self._body.num_envs:
            self._apply()

    def _apply(self) -> None:
        step = self._applied = self.num_timesteps
        self._body.steering.set_weights({name: weight(step) for name, weight in self._schedules.items()})

    def _on_step(self) -> bool:
        return True


def _check(name: str, schedule: Any) -> None:
    if not callable(schedule):
        given = " ".join(repr(schedule).split())
        raise UserError(f"the schedule of '{name}' must be a function of the training step, not {given:.60}")
