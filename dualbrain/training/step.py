"""Hold what one step of N agents brought: logs, rollouts and pictures are made of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.steering.bound_module import Floats
from dualbrain.steering.subsystem import SteeringStep
from dualbrain.worlds.steering_vec_env import SteeringVecEnv
from dualbrain.worlds.vec_env.endings import cut_short, final_observations

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of N agents in a `SteeringVecEnv`: the transition from ``obs`` to ``final_obs``.

    Arrays are those of the environment, not copies: copy an array to keep it. Observations are a batch
    ``(N, ...)``, or a dict of such, as the algorithm sees them. Rows of agents that are not ``present`` mean nothing.
    """

    obs: Any
    """The observations that the actions were chosen for."""
    next_obs: Any
    """The observations that the next actions are chosen for: of a new episode where one ended."""
    sampled: NDArray[Any]
    """(N, ...) actions that the policy asked for."""
    executed: NDArray[Any]
    """(N, ...) actions that were carried out: reflexes where there were any."""
    steering: SteeringStep
    """Truth, settled, worth ``(N, K)`` and reward ``(N,)``, before an algorithm adds anything to it."""
    world_reward: Floats
    """(N,) the world's own reward."""
    terminated: Bools
    """(N,) the episode ended by itself."""
    truncated: Bools
    """(N,) the episode was cut short, and its final observation is known."""
    preempted: Bools
    """(N,) a reflex took the place of the policy's action."""
    present: Bools
    """(N,) the agent took part."""
    starts: Bools
    """(N,) it was the first step of an episode."""
    infos: Sequence[dict[str, Any]]
    """What the world said beside it, one dict per agent."""
    timestep: int = 0
    """The training step after it, of all agents together."""

    @classmethod
    def of(
        cls,
        env: SteeringVecEnv,
        obs: Any,
        next_obs: Any,
        dones: Bools,
        infos: Sequence[dict[str, Any]],
        starts: Bools,
        timestep: int = 0,
    ) -> Step:
        """Return the step that ``env`` has just taken; the other arguments are what an algorithm knows of it."""
        truncated = cut_short(dones, infos)
        return cls(
            obs,
            next_obs,
            env.sampled,
            env.executed,
            env.last,
            env.world_reward,
            dones & ~truncated,
            truncated,
            env.preempted,
            env.present(),
            starts,
            infos,
            timestep,
        )

    @property
    def dones(self) -> Bools:
        """(N,) the episode ended, either way."""
        return self.terminated | self.truncated

    @property
    def final_obs(self) -> Any:
        """The observations that the step led to: the final ones where episodes ended."""
        return final_observations(self.next_obs, self.dones, list(self.infos))


def some_of(obs: Any, agents: NDArray[np.int64]) -> Any:
    """Return the observations ``(n, ...)`` of some agents, of those ``(N, ...)`` of all, or a dict of such."""
    return {name: part[agents] for name, part in obs.items()} if isinstance(obs, dict) else obs[agents]
