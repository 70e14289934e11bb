"""Connect the steering subsystem to a world: replace the reward and apply reflexes."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.errors import UserError
from dualbrain.steering.bodies import release, serve, serve_another
from dualbrain.steering.bound_module import Floats, Senses
from dualbrain.steering.reward_module import NO_REFLEX
from dualbrain.steering.signal import ahead
from dualbrain.steering.subsystem import SteeringStep, SteeringSubsystem
from dualbrain.worlds.spaces.actions import counted_from_zero
from dualbrain.worlds.spaces.finite import check_observations, check_reward, check_senses
from dualbrain.worlds.vec_env.attributes import Layer, finish_step, start
from dualbrain.worlds.vec_env.endings import final_observations
from dualbrain.worlds.vec_env.presence import Presence
from dualbrain.worlds.vec_env.raw_world import RawWorld
from dualbrain.worlds.vec_env.replay_actions import tell_learner
from dualbrain.worlds.vec_env.resets import Resets
from dualbrain.worlds.vec_env.sensed import as_sensed
from dualbrain.worlds.vec_env.stateful import is_stateful

Scorecard = Callable[[Any], Floats]
"""Short predictions ``(N, K)`` for a batch of observations, in the state in which the environment gives them.

It is called once a step, with the observations that the step led to; a `RememberingScorecard` learns of the first ones
of episodes too.
"""


@runtime_checkable
class RememberingScorecard(Protocol):
    """A scorecard that carries a state along with each of the N agents."""

    def __call__(self, obs: Any) -> Floats:
        """Return short predictions ``(N, K)`` for the observations that a step led to, final ones included."""

    def reset(self, obs: Any) -> None:
        """Begin anew for all agents, with the observations ``(N, ...)`` after a reset of all worlds."""

    def restart(self, obs: Any, starts: NDArray[np.bool_]) -> None:
        """Begin anew for the agents whose episode ``starts`` ``(N,)``, with the observations ``(N, ...)`` now."""


@runtime_checkable
class ImaginingScorecard(Protocol):
    """A scorecard that reads predictions ahead, in imagination."""

    def __call__(self, obs: Any) -> Floats:
        """Return short predictions ``(N, K)`` for the observations that a step led to, final ones included."""

    def imagine(self, steps: NDArray[np.int64]) -> Floats:
        """Return predictions ``(N, K)`` of what follows those observations, each signal's ``steps`` ``(K,)`` ahead."""


class SteeringVecEnv(Layer):
    """Replaces a world's reward by that of a steering subsystem, and actions by its reflexes.

    Works under any algorithm. Without ``scorecard`` a missing truth settles to 0, and a module that
    reads ``thought`` fails at start. The world's own reward, never a normalised one, stays in ``world_reward`` and is
    the sense ``extrinsic_reward``. Rows whose agent is absent (see `present`) are paid nothing, and startle at nothing.

    Actions count from 0, those of reflexes too, also where the world's own ``Discrete(n, start=k)`` do not. Off-policy
    algorithms of Stable-Baselines3 store the action that was carried out: see
    `dualbrain.worlds.vec_env.replay_actions`. Drives serve one body: where they serve another that still exists, this
    one gets copies of them (see `steering`).

    Raises `UserError` at once for a sense that the world does not offer, for reflexes without Discrete actions, and for
    predictions that are read ahead (`Signal.imagined`) where the scorecard is no `ImaginingScorecard`; and
    `NonFiniteError` for an observation, a reward or a sense of the world that is not finite. Stepping raises one where
    something else has reset the worlds since (see `interrupted`).
    """

    steering: SteeringSubsystem
    """In charge: the one given, or a copy."""

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
    starts: NDArray[np.bool_]
    """(N,) whether the next step is the first of an episode."""

    def __init__(self, venv: VecEnv, steering: SteeringSubsystem, scorecard: Scorecard | None = None):
        if not isinstance(venv, VecEnv):
            raise UserError(f"only a VecEnv can be steered, as make_vec_env makes it of any, not {type(venv).__name__}")
        venv = counted_from_zero(venv)
        super().__init__(venv)
        self.unsteered = venv
        """The environment that it was put around."""
        self._raw = RawWorld(venv)
        self._resets = Resets(venv)
        self.scorecard = scorecard
        self.steer(steering)

    def steer(self, steering: SteeringSubsystem) -> None:
        """Put a steering subsystem in charge, from the next reset of all worlds on.

        Raises `UserError`, and leaves everything as it was, where it does not fit the world.
        """
        if not isinstance(steering, SteeringSubsystem):
            raise UserError(f"what steers must be a SteeringSubsystem, not {type(steering).__name__}")
        sensing = self._fit(steering)
        if serve_another(steering.modules.values(), self):
            steering = copy.deepcopy(steering)
        steering.bind(self.num_envs, sensing.senses, thoughts=self.scorecard is not None)
        serve(steering.modules.values(), self)
        self.venv = self._sensing = sensing
        self.steering, self.senses, self._read = steering, sensing.senses, steering.senses
        self._reflex = np.full(self.num_envs, NO_REFLEX)
        self._presence = Presence(self.unsteered)
        self._everybody = np.ones(self.num_envs, bool)
        self.starts = self._everybody

    def _fit(self, steering: SteeringSubsystem) -> Any:
        """Return the world with the senses that a steering subsystem reads; raises `UserError` where it lacks some."""
        if steering.has_reflexes and not isinstance(self.action_space, spaces.Discrete):
            raise UserError(f"reflexes need Discrete actions, not {self.action_space}: leave their module out")
        for name, steps in steering.imagining.items() if self.scorecard else ():
            if not isinstance(self.scorecard, ImaginingScorecard):
                raise UserError(f"signal '{name}' is read {ahead(steps)}, but the scorecard imagines nothing")
        sensing = as_sensed(self.unsteered, steering.senses)
        steering.check(sensing.senses, thoughts=self.scorecard is not None)
        return sensing

    def check(self, steering: SteeringSubsystem) -> None:
        """Raise `UserError` where `steer` would."""
        self._fit(steering)

    def retire(self) -> None:
        """Release the drives, so that another environment may use them; this one is not stepped any more."""
        release(self)

    def present(self) -> NDArray[np.bool_]:
        """Return ``(N,)`` whose agent took part in the last step; everybody's where the world knows no absence."""
        return self._presence.present()

    def alive(self) -> NDArray[np.bool_]:
        """Return ``(N,)`` whose agent takes part in the next step."""
        return self._presence.alive()

    def born(self) -> NDArray[np.bool_]:
        """Return ``(N,)`` who was absent and lives from the next step on: an episode begins where none ended."""
        return self.alive() & ~self.present()

    @property
    def interrupted(self) -> bool:
        """Whether something else has reset the worlds since `reset`, as an evaluation in them does."""
        return self._resets.unseen

    def reset(self) -> Any:
        """Reset all worlds; senses at reset give no reward."""
        obs = start(self.venv)
        self._resets.see()
        check_observations(obs)
        senses = self._sensing.reset_senses()
        check_senses(senses, self.senses, self._read, self.alive())
        self._reflex = self._checked(self.steering.reset(senses))
        self.starts = self._everybody
        scorecard = self._read_scorecard
        if isinstance(scorecard, RememberingScorecard):
            scorecard.reset(obs)
        return obs

    def set_training_step(self, step: int) -> bool:
        """Move the steering subsystem to the stage of a training step; return whether it has changed.

        Call it between two steps, after a reset: its reflexes apply from the next action on. For an agent that is not a
        `DualBrainPPO` a callback has to call it, with the agent's ``num_timesteps``.
        """
        changed = self.steering.set_training_step(step)
        if changed:
            self._reflex = self._checked(self.steering.reflexes(self._sensing.reset_senses(), self.alive()))
        return changed

    def state_dict(self) -> dict[str, Any]:
        """Return where the worlds are, between two steps; the steering subsystem keeps what the drives remember.

        ``worlds`` is None where they keep their state to themselves: then they can only begin anew.
        """
        world, sensing = self.unsteered, self._sensing
        return {
            "reflex": self._reflex.copy(),
            "starts": self.starts.copy(),
            "worlds": world.state_dict() if is_stateful(world) else None,
            "sensing": sensing.state_dict() if sensing is not world and is_stateful(sensing) else None,
            "scorecard": self.scorecard.state_dict() if is_stateful(self.scorecard) else None,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put back what `state_dict` returned; worlds that have none of it are to be reset."""
        reflex = np.asarray(state["reflex"], self._reflex.dtype)
        if reflex.shape != self._reflex.shape:
            raise UserError(f"reflexes of {reflex.shape} do not fit {self.num_envs} agents")
        self._reflex = self._checked(reflex.copy())
        self.starts = np.broadcast_to(np.asarray(state.get("starts", True), bool), self._reflex.shape).copy()
        worlds, sensing, scorecard = state["worlds"], state["sensing"], state.get("scorecard")
        for part, kept in ((self.unsteered, worlds), (self._sensing, sensing), (self.scorecard, scorecard)):
            if kept is not None and is_stateful(part):
                part.load_state_dict(kept)

    def step_async(self, actions: NDArray[Any]) -> None:
        """Send the policy's actions, or the reflexes in their place."""
        if self.interrupted:
            raise UserError(
                "something else has reset the worlds of this agent in the middle of its episodes, such as an "
                "evaluation or another agent: give it an environment of its own"
            )
        self.sampled = actions
        self.preempted = self._reflex != NO_REFLEX
        self.executed = self._pre_empt(actions) if self.preempted.any() else actions
        self.venv.step_async(self.executed)

    def _pre_empt(self, actions: NDArray[Any]) -> NDArray[Any]:
        executed = np.where(self.preempted, self._reflex, actions).astype(actions.dtype, copy=False)
        self.sampled = actions.copy()
        tell_learner(actions, executed)
        return executed

    def step_wait(self) -> tuple[Any, NDArray[Any], NDArray[np.bool_], list[dict[str, Any]]]:
        """Return the step with the steering subsystem's reward in place of the world's."""
        obs, rewards, dones, infos = finish_step(self.venv)
        self.world_reward = self._raw.step((obs, rewards, dones, infos))[1]
        if dones.any():
            self._raw.mend_scores(dones, infos)
        senses, following = self._sensing.transition_senses(), self._sensing.reset_senses()
        self._check(obs, dones, infos, senses, following)
        self.starts = dones | self.born()
        predicted, imagined = self._predict(obs, dones, infos)
        self.last = self.steering.step(
            senses, predicted, self.starts, following, self.present(), self.alive(), imagined=imagined
        )
        self._reflex = self._checked(self.last.reflex)
        return obs, self.last.reward.copy(), dones, infos

    def _check(self, obs: Any, dones: NDArray[np.bool_], infos: Any, senses: Senses, following: Senses) -> None:
        """Raise `NonFiniteError` for what the world's step brought that is not finite."""
        check_reward(self.world_reward, self.present())
        check_senses(senses, self.senses, self._read, self.present())
        if following is not senses:
            check_senses(following, self.senses, self._read, self.alive())
        check_observations(obs, dones, infos)

    def _predict(
        self, obs: Any, dones: NDArray[np.bool_], infos: list[dict[str, Any]]
    ) -> tuple[Floats | None, Floats | None]:
        """Return the predictions ``(N, K)`` of where the step led to, and those read ahead; None if none are read."""
        scorecard = self._read_scorecard
        if scorecard is None:
            return None, None
        predicted, imagined = scorecard(final_observations(obs, dones, infos)), None
        if self.steering.imagining and isinstance(scorecard, ImaginingScorecard):
            imagined = scorecard.imagine(self.steering.imagined)
        if isinstance(scorecard, RememberingScorecard) and self.starts.any():
            scorecard.restart(obs, self.starts)
        return predicted, imagined

    @property
    def _read_scorecard(self) -> Scorecard | None:
        """Return the scorecard, if something reads it."""
        return self.scorecard if self.steering.needs_thought else None

    def _checked(self, reflex: NDArray[np.int64]) -> NDArray[np.int64]:
        if not self.steering.has_reflexes:
            return reflex
        n_actions = int(self.action_space.n)  # type: ignore[attr-defined]
        bad = (reflex < NO_REFLEX) | (reflex >= n_actions)
        if bad.any():
            i = int(np.flatnonzero(bad)[0])
            raise UserError(f"environment {i}: reflex {reflex[i]} is no action; the world has 0 to {n_actions - 1}")
        return reflex
