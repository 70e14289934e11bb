"""Let a cortex learn from a life of random actions, before there is a reward to be had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray
from stable_baselines3.common.utils import obs_as_tensor
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.cortex.experience import State
from dualbrain.cortex.stream import ThoughtStream
from dualbrain.heads.options import AssessorOptions
from dualbrain.training.replay.cortex_learning import CortexLearning
from dualbrain.training.rollout import Rollout, flatten_observations
from dualbrain.training.step import Step
from dualbrain.training.windows import stacked
from dualbrain.worlds.steering_vec_env import SteeringVecEnv


def pretrain(
    env: VecEnv,
    steering_env: SteeringVecEnv,
    learning: CortexLearning,
    options: AssessorOptions,
    steps: int,
    n_steps: int,
) -> Iterator[tuple[int, dict[str, float]]]:
    """Act at random in rollouts of ``n_steps``, and let the cortex learn after each; yield steps done, and losses.

    All agents together take at least ``steps`` steps. Actions are uniform over the space of actions; reflexes take
    their place as always. ``env`` is what the algorithm acts in, around ``steering_env``. What the drives remember is
    afterwards what it was before; all worlds are to be reset then.
    """
    steering = steering_env.steering
    remembered = steering.state_dict()
    rollout = Rollout(n_steps, env.num_envs, steering.signals, keep_obs=True)
    actions = batch_space(env.action_space, env.num_envs)
    actions.seed(int(learning.rng.integers(2**32)))
    states = _States(learning)
    obs, done = env.reset(), 0
    while done < steps:
        obs = _fill(rollout, env, steering_env, actions, obs, states)
        done += n_steps * env.num_envs
        if rollout.present.any():
            yield done, _learned(learning, rollout, options, steering.active, states.taken())
    steering.load_state_dict(remembered)


class _States:
    """What a cortex with a state remembers of the agents, where windows of a rollout begin."""

    def __init__(self, learning: CortexLearning):
        self._network, self._length = learning.network, learning.memory.length
        self._stream = ThoughtStream(self._network.cortex)
        self._kept: list[State] = []

    def keep(self, t: int, obs: Any, starts: NDArray[np.bool_]) -> None:
        """Think of the observations of step ``t``, for a cortex that remembers such."""
        cortex = self._network.cortex
        if cortex.remembers:
            cortex.eval()
            self._stream.think(self._network.percept(obs_as_tensor(obs, self._network.device)), starts)
            if t % self._length == 0:
                self._kept.append(self._stream.before)

    def taken(self) -> list[NDArray[Any]]:
        """Return those of the rollout, ``(T // L, N, ...)`` each, and forget them; none for a cortex without any."""
        kept, self._kept = stacked(self._kept), []
        return [part.cpu().numpy() for part in kept]


def _fill(rollout: Rollout, env: VecEnv, steering_env: SteeringVecEnv, actions: Any, obs: Any, states: _States) -> Any:
    """Fill a rollout with steps of random ``actions``; return the observations after the last."""
    rollout.begin()
    while not rollout.full:
        starts = steering_env.starts
        states.keep(rollout.pos, obs, starts)
        following, _, dones, infos = env.step(actions.sample())
        rollout.add(Step.of(steering_env, obs, following, dones, infos, starts))
        obs = following
    return obs


def _learned(
    learning: CortexLearning,
    rollout: Rollout,
    options: AssessorOptions,
    active: NDArray[np.bool_],
    states: Sequence[NDArray[Any]],
) -> dict[str, float]:
    """Let the cortex learn from a rollout; return its losses."""
    heads, whole = learning.network.assessors, rollout.n_steps // learning.memory.length
    assert heads is not None
    short, seen = rollout.short_targets(heads.horizon), flatten_observations(rollout.observations)
    begins = [rows[:whole] for rows in states]
    losses = learning.learn(rollout, short, seen, active, options.unlearn, options.detach, begins)
    learning.network.update_ema()
    return losses
