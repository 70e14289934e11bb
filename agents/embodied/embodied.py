"""What every algorithm in a steered world has in common: the wrapper around its worlds, its drives, its files."""

from __future__ import annotations

import io
import pathlib
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

import numpy as np
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import VecEnv, VecNormalize, unwrap_vec_wrapper

from agents.embodied.arguments import Environment, Steering, subsystem, worlds_of
from agents.embodied.observed import Observed
from agents.embodied.pretrainable import Pretrainable
from agents.embodied.slow_scorecard import SlowNetwork, SlowScorecard, check_imagination
from dualbrain.cortex.building import check_cortex_kwargs, load_cortex
from dualbrain.cortex.experience import Observations
from dualbrain.cortex.interface import Cortex
from dualbrain.errors import UserError
from dualbrain.heads.options import AssessorOptions
from dualbrain.heads.short_long import check_ablated_heads
from dualbrain.model_file.archive import DamagedError
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.structured.ranges import NOT_NEGATIVE
from dualbrain.tensorboard.outputs import writable
from dualbrain.training.hyperparameters import check_hyperparameters
from dualbrain.worlds.spaces.fitting import check_world
from dualbrain.worlds.spaces.normalisation import carried, normaliser_of
from dualbrain.worlds.spaces.parts import Part, observation_parts
from dualbrain.worlds.steering_vec_env import Scorecard, SteeringVecEnv
from dualbrain.worlds.vec_env.attributes import attribute
from dualbrain.worlds.vec_env.resets import Resets

LIVING = ("steering_env", "given", "cortex_learning", "_learning", "_left", "_later")
"""Attributes that go with the worlds of this process, not with the brain."""


class Embodied(Pretrainable, Observed):
    """An algorithm whose worlds are steered: put first among the ancestors, as in ``class Mine(Embodied, A2C)``.

    It has ``steering``, ``options`` (how the assessors learn, None: there are none) and ``gamma`` before its networks
    are built.
    """

    attributes: ClassVar[Mapping[str, Any]] = {
        **Observed.attributes,
        "steering": SteeringSubsystem,
        "options": AssessorOptions | None,
        "cortex": (str, type),
        "cortex_kwargs": dict | None,
        "_shuffle": np.random.Generator,
        "_vec_normalize_env": VecNormalize | None,
        "gamma": (int, float),
    }
    steering: SteeringSubsystem
    options: AssessorOptions | None
    gamma: float
    cortex: str | type[Cortex]
    cortex_kwargs: dict[str, Any] | None
    """The options of its cortex; None where none were given."""
    parts: tuple[Part, ...]
    """The parts of an observation, as the world names them that it was made in."""
    steering_env: SteeringVecEnv
    """The one wrapper that replaces rewards and applies reflexes."""
    given: VecEnv | None
    """The environment as it was given, where `env` is what the agent trains in: steered."""

    def _begin(
        self,
        steering: Steering,
        options: AssessorOptions | None,
        pictures: int,
        cortex: str | type[Cortex],
        cortex_kwargs: Mapping[str, Any] | None,
    ) -> None:
        """Set what is there before the networks are."""
        self.cortex, self.cortex_kwargs = cortex, dict(check_cortex_kwargs(load_cortex(cortex), cortex_kwargs)) or None
        self.steering, self.options = subsystem(steering), options
        self._begin_observed(pictures)
        self.given, self.parts = None, ()
        self._learning = False
        self.cortex_learning = None
        self._left: Resets | None = None
        """The resets of all worlds up to when it last ceased to learn."""
        self._later: dict[str, Callable[[], None]] = {}
        """What is to be exchanged at the next rollout's start."""
        self._shuffle = np.random.default_rng(options.shuffle_seed if options else 0)

    def _adopt_steering(self, steering: SteeringSubsystem) -> None:
        """Fit the heads to other drives, or to other options of theirs."""
        raise NotImplementedError

    @property
    def assessing(self) -> SlowNetwork:
        """Return the network that predicts signals, where there are assessors."""
        raise NotImplementedError

    def percept(self, obs: Any) -> Observations:
        """Return observations as `predict` takes them, as tensors that the cortex reads."""
        read: Observations = self.assessing.percept(self.policy.obs_to_tensor(obs)[0])
        return read

    def _steer_env(self, env: VecEnv) -> None:
        """Put the steering subsystem around ``env``; a loaded one keeps the state of its modules."""
        state = self.steering.state_dict() if self.steering.n == env.num_envs else None
        if self.given is None or (env is not self.given and env is not self.env):
            self._enter(carried(env, self._vec_normalize_env, stacklevel=7))
        assert self.env is not None
        self.parts = self.parts or observation_parts(self.observation_space, attribute(self.env, "observation_parts"))
        self._vec_normalize_env = normaliser_of(self.env)
        self.steering = self.steering_env.steering
        if state is not None:
            self.steering.load_state_dict(state)

    def _enter(self, env: VecEnv) -> None:
        theirs = unwrap_vec_wrapper(env, SteeringVecEnv)
        if "steering_env" in vars(self) and self.steering_env is not theirs:
            self.steering_env.retire()
        if theirs is not None:
            self._check_drives(theirs.steering)
        self.steering_env = theirs or SteeringVecEnv(env, self.steering, self.scorecard)
        self.given, self.env = env, env if theirs else self.steering_env
        raw = normaliser_of(self.steering_env) is None
        self.steering_env.scorecard = SlowScorecard(self, raw) if self.options else None

    def _check_drives(self, given: SteeringSubsystem) -> None:
        ours, theirs = ", ".join(self.steering.signals), ", ".join(given.signals)
        if ours and ours != theirs:
            raise UserError(f"the brain has the signals {ours}, but its environment has {theirs}")

    def _check_fit(self, steering: SteeringSubsystem) -> None:
        if not steering.signals:
            raise UserError("the steering subsystem has no modules: give at least one, such as steering=[Extrinsic()]")
        if self.options:
            self._check_horizon(steering)
            check_ablated_heads(self.options.ablated_heads, steering.signals)
            check_imagination(load_cortex(self.cortex), steering)

    def _check_horizon(self, steering: SteeringSubsystem) -> None:
        """Raise `UserError` where no short target could be worked out within a rollout."""
        raise NotImplementedError

    def set_steering(self, steering: Steering) -> None:
        """Exchange the drives; signals of the same name and range keep their heads, others get new heads.

        What the algorithm has learned stays, all worlds are reset, and modules begin without memory. While the agent
        learns, as in a callback, this waits for the next rollout's start. Raises `UserError`, and changes nothing,
        where world, drives and horizons do not fit together.
        """
        given = subsystem(steering)
        self._check_fit(given)
        if self.env is not None:
            self.steering_env.check(given)
        self._at_rollout_start("steering", lambda: self._exchange(given))

    def _exchange(self, given: SteeringSubsystem) -> None:
        given.set_training_step(self.num_timesteps)
        if self.env is not None:
            self.steering_env.steer(given)
            given = self.steering_env.steering
            self._last_obs = None
        self.steering = given
        self._adopt_steering(given)
        if self.cortex_learning is not None:
            self.cortex_learning.fit(given.signals)

    def set_weights(self, weights: Mapping[str, float]) -> None:
        """Change weights, by module name or full signal name, from the next step on, also while the agent learns.

        See `SteeringSubsystem.set_weights`. Raises `UserError`, and changes nothing, for an unknown name.
        """
        self.steering.set_weights(weights)

    def set_assessors(self, options: AssessorOptions) -> None:
        """Change how the assessors learn, or which of them are ablated.

        While the agent learns, this waits for the next rollout's start. Heads keep what they have learned. Raises
        `UserError` for an ablated head of no signal, and for what is decided at birth: whether there are assessors, and
        whether they are detached.
        """
        if self.options is None or self.options.detach != options.detach:
            raise UserError(
                "whether there are assessors, and whether they are detached, is fixed when the agent is made"
            )
        check_ablated_heads(options.ablated_heads, self.steering.signals)
        self._at_rollout_start("assessors", lambda: self._reform(options))

    def _reform(self, options: AssessorOptions) -> None:
        self.options = options
        self._adopt_steering(self.steering)

    def _at_rollout_start(self, what: str, change: Callable[[], None]) -> None:
        """Change something at once, or, while a rollout may be under way, at the next one's start."""
        if self._learning:
            self._later[what] = change
        else:
            change()

    def change_over(self) -> None:
        """Make the changes that waited for a rollout's start."""
        while self._later:
            self._later.pop(next(iter(self._later)))()

    def restart(self) -> None:
        """Reset all worlds, if they have to be: after drives were exchanged, or others have reset the worlds."""
        if self._last_obs is None or self.steering_env.interrupted:
            assert self.env is not None
            self._last_obs = self.env.reset()
            self._last_episode_starts = np.ones((self.n_envs,), bool)
            self._forget_window()

    def _forget_window(self) -> None:
        """Give up what was observed of a rollout that cannot be gone on with."""

    def learn(self, total_timesteps: int, *args: Any, **kwargs: Any) -> Self:
        """Learn, as Stable-Baselines3 does: ``learn(total_timesteps, callback=None, ...)``.

        Episodes that were broken off since it learned last, as by an evaluation in the same environment, are not gone
        on with. Raises `UserError` for steps that are no number from 0.
        """
        if self.env is None:
            raise UserError("the agent has no environment to learn in: give it one by set_env, or load(path, env=...)")
        total_timesteps = NOT_NEGATIVE.check(total_timesteps, "'total_timesteps'")
        self._learning = True
        if self._left is not None and self._left.unseen:
            self._last_obs = None  # of episodes that were broken off since
        try:
            return super().learn(total_timesteps, *args, **kwargs)  # type: ignore[safe-super]
        finally:
            self._learning = False
            self._left = None if self.env is None else Resets(self.env)
            self.change_over()

    def _setup_learn(self, *args: Any, **kwargs: Any) -> tuple[int, BaseCallback]:
        self.tensorboard_log = writable(self.tensorboard_log)
        return super()._setup_learn(*args, **kwargs)

    def set_env(self, env: Environment, force_reset: bool = True) -> None:
        """Train in another environment, with the same steering subsystem.

        Raises `UserError` while the agent learns, and for a world that does not fit it, or another number of worlds.
        """
        if self._learning:
            raise UserError("set_env must wait until learn has returned: a rollout is under way in the old environment")
        trained_in, worlds = self.env, worlds_of(env, self.n_envs)
        check_world(self.observation_space, self.action_space, worlds)
        if worlds.num_envs != self.n_envs:
            raise UserError(f"the agent learns in {self.n_envs} worlds at once, and these are {worlds.num_envs}")
        super().set_env(carried(worlds, self._vec_normalize_env, stacklevel=3), force_reset)
        assert self.env is not None
        given, self.env = self.env, trained_in
        self._steer_env(given)

    def get_env(self) -> VecEnv | None:
        """Return the environment as it was given: the world and whatever stands around it, but not the steering.

        So rewards in it are the world's, and it can be compared with that of an evaluation, as `EvalCallback` does.
        What the agent trains in is ``env``.
        """
        return self.given or self.env

    @classmethod
    def load(  # type: ignore[override]
        cls,
        path: str | pathlib.Path | io.BufferedIOBase,
        env: Environment | None = None,
        n_envs: int = 1,
        **kwargs: Any,
    ) -> Self:
        """Load a saved agent: networks, optimizers, slow copy, steering subsystem and the state of its modules.

        The statistics of a `VecNormalize` that it was trained in come with it: an ``env`` that is in none is put into
        one, with a warning. ``device``, ``custom_objects``, ``trusted`` and others are those of `PlainFiles.load`.

        Raises `UserError` for a world of other observations or actions, one that lacks a sense that its drives read,
        and a file that is no model, holds pickles, or names code that is not known here.
        """
        venv = None if env is None else worlds_of(env, n_envs)
        try:
            return super().load(path, env=venv, **check_hyperparameters(kwargs))
        except ValueError as error:
            if "spaces do not match" not in str(error):
                raise
            raise UserError(f"this world does not fit the brain: {' '.join(str(error).split())}") from error

    @classmethod
    def _check_kept(cls, data: Mapping[str, Any]) -> None:
        super()._check_kept(data)
        if not all(isinstance(part, Part) for part in data.get("parts", ())):
            raise DamagedError("the parts of its observations are none")

    def _excluded_save_params(self) -> list[str]:
        kept = {"_vec_normalize_env"}  # without its environment: see VecNormalize.__getstate__
        left_out = [name for name in super()._excluded_save_params() if name not in kept]
        return [*left_out, *LIVING]

    def _never_from_a_file(self) -> set[str]:
        return {*super()._never_from_a_file(), *LIVING}

    @property
    def scorecard(self) -> Scorecard | None:
        """Return the predictions that the steering subsystem reads, from observations as `predict` takes them.

        Each time it is one for an environment of its own, which begins without memory. None without assessors.
        """
        return SlowScorecard(self) if self.options else None
