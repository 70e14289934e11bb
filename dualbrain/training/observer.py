"""The interface of observers of training, which know neither algorithm nor model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stable_baselines3.common.logger import Logger
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.heads.options import AssessorOptions
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.training.rollout import Rollout
from dualbrain.training.step import Step
from dualbrain.worlds.steering_vec_env import SteeringVecEnv

Settings = Mapping[str, str | float]
"""What decides how an agent trains, but for chance."""


@dataclass(frozen=True)
class About:
    """What an observer may know of the training."""

    env: VecEnv
    """What the algorithm acts in, with all that is around the `SteeringVecEnv`."""
    steering_env: SteeringVecEnv
    """The environment that steers; it knows which agents begin an episode (``starts``)."""
    options: AssessorOptions | None
    """How the heads learn; None where nothing predicts."""
    n_steps: int
    """Steps of each agent in a rollout."""
    gamma: float
    """The algorithm's discount."""
    step: int
    """The training step now, of all agents together."""
    total_steps: int
    """The training step at which training ends."""
    logger: Logger
    """Where scalars go; `Observer.on_rollout` need only return them."""
    writers: Sequence[Any]
    """The `SummaryWriter` of every TensorBoard run; none where nothing writes for TensorBoard."""
    settings: Callable[[], Settings]
    """Return what decides how the agent trains, as it is now."""

    @property
    def steering(self) -> SteeringSubsystem:
        """The steering subsystem in charge; drives may be exchanged between two rollouts."""
        return self.steering_env.steering

    @property
    def n_envs(self) -> int:
        """How many agents there are."""
        return self.steering_env.num_envs


class Observer:
    """Observes training; every method is optional.

    They are called in the order ``on_start``, then for each rollout ``on_rollout_start``, ``on_step`` T times and
    ``on_rollout``, then ``on_end``. A rollout that training ends in the middle of has no ``on_rollout``. What is seen
    must not be changed, nor random streams drawn from, except by what fills the rollout in for those behind it.

    >>> class Wins(Observer):
    ...     def on_rollout(self, rollout, step):
    ...         return {"mine/wins": float((rollout.world_reward > 0).mean())}
    """

    @property
    def name(self) -> str:
        """Under which its state is saved."""
        return type(self).__name__

    def on_start(self, about: About) -> None:
        """Called when training begins or resumes."""

    def on_rollout_start(self, about: About) -> None:
        """Called when a rollout begins; the drives may have changed."""

    def on_step(self, step: Step) -> None:
        """Called after every step, which is the next row of the rollout."""

    def on_unrecorded(self, step: Step) -> None:
        """Called after a step that is in no rollout: an algorithm completes its own when training is over."""

    def on_rollout(self, rollout: Rollout, step: int) -> Mapping[str, float]:  # noqa: ARG002
        """Return scalars of a complete rollout that ended at training step ``step``, by key.

        The log has their means over the rollouts between two writes; those that are not finite are left out.
        """
        return {}

    def on_end(self) -> None:
        """Called when training ends."""

    def state_dict(self) -> dict[str, Any]:
        """Return, between two rollouts, the state for resuming in another process: plain values and arrays."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore the state from `state_dict`, after ``on_start``; raises an error for anything else."""
