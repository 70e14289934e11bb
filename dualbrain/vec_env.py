"""The one place where the steering subsystem meets a world: it replaces the reward and applies reflexes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.drive import Floats
from dualbrain.errors import UserError
from dualbrain.gather import GatherSenses, final_observations
from dualbrain.module import NO_REFLEX
from dualbrain.raw_world import RawWorld
from dualbrain.steering import SteeringStep, SteeringSubsystem
from dualbrain.vec_env_attributes import Layer, finish_step

Scorecard = Callable[[Any], Floats]
"""Short predictions ``(N, K)`` for a batch of observations, in the state in which the environment gives them."""


class SteeringVecEnv(Layer):
    """Replace a world's reward by that of a steering subsystem, and pre-empt actions by its reflexes.

    Works under any algorithm; without ``scorecard`` nobody assesses: a missing truth settles to 0, and a module that
    reads ``thought`` fails at start. The world's own reward, never a normalised one, stays in ``world_reward`` and is
    the sense ``extrinsic_reward``. Rows whose agent is absent (see `present`) are paid nothing, and startle at nothing.

    Raises `UserError` at once for a sense that the world does not offer, or reflexes without Discrete actions.
    """

    last: SteeringStep
    """What the steering subsystem made of the last step."""
    world_reward: Floats
    """(N,) the world's own reward of the last step."""
    sampled: NDArray[Any]
    """(N, ...) actions that the policy asked for."""
    executed: NDArray[Any]
    """(N, ...) actions that were carried out: the reflex where there was one."""
    preempted: NDArray[np.bool_]
    """(N,) whether a reflex took the place of the policy's action."""

    def __init__(self, venv: VecEnv, steering: SteeringSubsystem, scorecard: Scorecard | None = None):
        super().__init__(venv)
        self.unsteered = venv
        """The environment that it was put around."""
        self._raw = RawWorld(venv)
        self.scorecard = scorecard
        self.steer(steering)

    def steer(self, steering: SteeringSubsystem) -> None:
        """Put a steering subsystem in charge, from the next reset of all worlds on.

        Raises `UserError`, and leaves everything as it was, where it does not fit the world.
        """
        if steering.has_reflexes and not isinstance(self.action_space, spaces.Discrete):
            raise UserError(f"reflexes need Discrete actions, not {self.action_space}: leave their module out")
        senses_itself = hasattr(self.unsteered, "transition_senses")
        sensing: Any = self.unsteered if senses_itself else GatherSenses(self.unsteered, steering.senses)
        steering.start(self.num_envs, sensing.senses, thoughts=self.scorecard is not None)
        self.venv = self._sensing = sensing
        self.steering, self.senses = steering, sensing.senses
        self._reflex = np.full(self.num_envs, NO_REFLEX)
        self._presence: Any = self.unsteered if hasattr(self.unsteered, "present") else None
        self._everybody = np.ones(self.num_envs, bool)

    def present(self) -> NDArray[np.bool_]:
        """Return ``(N,)`` whose agent took part in the last step; everybody's where the world knows no absence."""
        return self._presence.present() if self._presence else self._everybody

    def alive(self) -> NDArray[np.bool_]:
        """Return ``(N,)`` whose agent takes part in the next step."""
        return self._presence.alive() if self._presence else self._everybody

    def born(self) -> NDArray[np.bool_]:
        """Return ``(N,)`` who was absent and lives from the next step on: an episode begins where none ended."""
        return self.alive() & ~self.present()

    def reset(self) -> Any:
        """Reset all worlds; what is sensed at reset pays nothing."""
        obs = self.venv.reset()
        self._reflex = self._checked(self.steering.begin(self._sensing.reset_senses()))
        return obs

    def mature(self, step: int) -> bool:
        """Let the steering subsystem enter the stage of a training step; return whether it is another one.

        To be told between two steps, after a reset: its reflexes rule from the next action on. An agent that is not a
        `DualBrainPPO` has to be told by somebody, such as a callback with its ``num_timesteps``.
        """
        changed = self.steering.mature(step)
        if changed:
            self._reflex = self._checked(self.steering.reflexes(self._sensing.reset_senses(), self.alive()))
        return changed

    def step_async(self, actions: NDArray[Any]) -> None:
        """Send the policy's actions, or the reflexes in their place."""
        self.sampled = actions
        self.preempted = self._reflex != NO_REFLEX
        self.executed = np.where(self.preempted, self._reflex, actions) if self.preempted.any() else actions
        self.venv.step_async(self.executed)

    def step_wait(self) -> tuple[Any, NDArray[Any], NDArray[np.bool_], list[dict[str, Any]]]:
        """Return the step with the steering subsystem's reward in place of the world's."""
        obs, rewards, dones, infos = finish_step(self.venv)
        self.world_reward = self._raw.step((obs, rewards, dones, infos))[1]
        if dones.any():
            self._raw.mend_scores(dones, infos)
        self.last = self.steering.step(
            self._sensing.transition_senses(),
            self._predict(obs, dones, infos),
            dones | self.born(),
            self._sensing.reset_senses(),
            self.present(),
            self.alive(),
        )
        self._reflex = self._checked(self.last.reflex)
        return obs, self.last.reward.copy(), dones, infos

    def _predict(self, obs: Any, dones: NDArray[np.bool_], infos: list[dict[str, Any]]) -> Floats | None:
        if self.scorecard is None or not self.steering.needs_thought:
            return None
        return self.scorecard(final_observations(obs, dones, infos))

    def _checked(self, reflex: NDArray[np.int64]) -> NDArray[np.int64]:
        if not self.steering.has_reflexes:
            return reflex
        n_actions = int(self.action_space.n)  # type: ignore[attr-defined]
        bad = (reflex < NO_REFLEX) | (reflex >= n_actions)
        if bad.any():
            i = int(np.flatnonzero(bad)[0])
            raise UserError(f"environment {i}: reflex {reflex[i]} is no action; the world has 0 to {n_actions - 1}")
        return reflex
