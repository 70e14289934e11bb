"""The memory of rollouts that a cortex learns from, and its life before training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from gymnasium import spaces
from stable_baselines3.common.logger import Logger
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.errors import NonFiniteError, UserError
from dualbrain.heads.options import AssessorOptions
from dualbrain.observers.kept_memory import KeptMemory
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.structured.ranges import AT_LEAST_1
from dualbrain.tensorboard.layout import writers
from dualbrain.training.auxiliary import Predicting
from dualbrain.training.guard import random_streams_kept
from dualbrain.training.observer import Observer
from dualbrain.training.replay.cortex_learning import CortexLearning
from dualbrain.training.replay.memory import CortexMemory
from dualbrain.training.replay.pretraining import pretrain
from dualbrain.worlds.steering_vec_env import SteeringVecEnv

LOGGED = 100
"""How often the losses of pretraining are logged, at most about."""
NO_PRETRAINING = (
    "there is nothing to pretrain: it takes assessors, and a cortex that learns from a memory of its own, such as "
    "'predictive'"
)


class Pretrainable:
    """An agent whose cortex, if it has a schedule, learns from a memory of its own, also before training."""

    steering: SteeringSubsystem
    options: AssessorOptions | None
    env: VecEnv | None
    steering_env: SteeringVecEnv
    n_envs: int
    observation_space: spaces.Space[Any]
    action_space: spaces.Space[Any]
    logger: Logger
    cortex_learning: CortexLearning | None
    """The memory of a cortex that has a schedule, and how it learns; None for any other cortex."""
    _learning: bool
    _custom_logger: bool
    _last_obs: Any

    def _remember(self, network: Predicting, steps: int) -> None:
        """Give the cortex of a network, if it has a schedule, a memory of rollouts of so many steps."""
        cortex = network.cortex
        if cortex.schedule is None or self.options is None:
            return
        memory = CortexMemory(
            self.observation_space,
            self.action_space,
            self.steering.signals,
            self.n_envs,
            steps,
            cortex.window,
            cortex.schedule.memory,
            [state.cpu().numpy() for state in cortex.initial_state(1)],
        )
        self.cortex_learning = CortexLearning(network, memory, self.options.shuffle_seed)

    def _kept(self) -> list[Observer]:
        """Return what keeps the memory of a cortex in checkpoints, where it has one."""
        return [KeptMemory(self.cortex_learning)] if self.cortex_learning else []

    def pretrain(self, steps: int) -> Self:
        """Let the cortex, and the short heads with it, learn from a life of random actions before training.

        No reward is needed for that: the short heads learn what the drives say. Nothing else learns or is counted:
        neither ``num_timesteps`` nor the log of training, monitor and callbacks know of these ``steps``, which are of
        all agents together and rounded up to whole rollouts. Reflexes act as always. Losses are logged as
        ``pretrain/...`` over these steps where a logger is set (`set_logger`). Afterwards all worlds begin new
        episodes; what is remembered goes on being learned from until it is forgotten.

        Raises `UserError` for a cortex without a memory of its own, while the agent learns, and for steps that are no
        number from 1, and `NonFiniteError` where losses are not finite.
        """
        steps = AT_LEAST_1.check(steps, "'steps'")
        learning = self.cortex_learning
        if learning is None or self.options is None:
            raise UserError(NO_PRETRAINING)
        if self.env is None or self._learning:
            raise UserError("pretrain needs an environment in which nothing is learning: see set_env")
        size, n_steps = learning.memory.steps_of_a_rollout * self.n_envs, learning.memory.steps_of_a_rollout
        every = max(steps // size // LOGGED, 1) * size
        with random_streams_kept():
            for done, losses in pretrain(self.env, self.steering_env, learning, self.options, steps, n_steps):
                self._log_pretraining(losses, done if done % every == 0 else None)
        self._last_obs = None
        return self

    def _log_pretraining(self, losses: Mapping[str, float], step: int | None) -> None:
        """Log losses, at a ``step`` of pretraining if there is one; raises `NonFiniteError` for those that are none."""
        if not np.isfinite(sum(losses.values())):
            raise NonFiniteError("pretraining left the losses of the cortex not finite")
        for writer in writers(self.logger) if self._custom_logger and step is not None else ():
            for key, loss in losses.items():
                writer.add_scalar(f"pretrain/{key.removeprefix('train/')}", loss, step)
