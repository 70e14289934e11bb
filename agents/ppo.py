"""DualBrainPPO: Stable-Baselines3's PPO with a steering subsystem and thought assessors."""

from __future__ import annotations

import copy
import io
import pathlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, Self

import gymnasium
import numpy as np
import torch
from numpy.typing import NDArray
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback, CallbackList
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.type_aliases import MaybeCallback
from stable_baselines3.common.utils import explained_variance, obs_as_tensor
from stable_baselines3.common.vec_env import VecEnv, VecNormalize, unwrap_vec_wrapper

from agents.buffer import BrainDictRolloutBuffer, BrainRolloutBuffer, MaskedRolloutBuffer
from agents.head_transfer import transfer_heads
from agents.policy import BrainPolicy
from agents.recorder import Recorder
from agents.safeguard import Safeguard, broken_losses, broken_parts, extremes
from agents.sb3_bridge import BrainCallback, parted
from dualbrain.cortex.building import load_cortex
from dualbrain.cortex.interface import Cortex
from dualbrain.drawing.event_triggered import Memory
from dualbrain.errors import NonFiniteError, UserError
from dualbrain.heads.options import AssessorOptions
from dualbrain.heads.short_long import check_lesions
from dualbrain.model_file.algorithm import PlainFiles
from dualbrain.model_file.archive import DamagedError
from dualbrain.model_file.names import name_of as code_name
from dualbrain.observers.charts import DopamineCharts, chart_foresight
from dualbrain.observers.guarded import GuardedObserver
from dualbrain.observers.pictures import PicturesObserver
from dualbrain.observers.scalars import ScalarsObserver
from dualbrain.observers.stage_schedule import StageSchedule
from dualbrain.observers.world_pictures import scenes
from dualbrain.scalars.audit import Audit
from dualbrain.scalars.instruments import Readings
from dualbrain.scalars.recent_rollouts import RecentRollouts
from dualbrain.steering.subsystem import Modules, SteeringSubsystem
from dualbrain.structured.ranges import NOT_NEGATIVE
from dualbrain.structured.ranges import PICTURES as PICTURES_A_RUN
from dualbrain.tensorboard.hparams import steering_settings
from dualbrain.tensorboard.outputs import writable
from dualbrain.training.auxiliary import train_auxiliary
from dualbrain.training.guard import Guard
from dualbrain.training.hyperparameters import check_hyperparameters, checked_arguments
from dualbrain.training.log_schedule import PICTURES
from dualbrain.training.observer import Observer, Settings
from dualbrain.training.rollout import Rollout, flatten
from dualbrain.worlds.make_env import check_options, make_vec_env
from dualbrain.worlds.spaces.actions import check_actions
from dualbrain.worlds.spaces.fitting import check_world
from dualbrain.worlds.spaces.normalisation import carried, normaliser_of, prepared, unbound
from dualbrain.worlds.spaces.observations import check_readable
from dualbrain.worlds.steering_vec_env import Scorecard, SteeringVecEnv
from dualbrain.worlds.vec_env.resets import Resets

Environment = str | gymnasium.Env[Any, Any] | VecEnv
Steering = SteeringSubsystem | Modules
LIVING = ("body", "given", "record", "_learning", "_left", "_later")
"""Attributes that go with the worlds of this process, not with the brain."""
OWN = ("steering", "n_envs", "env_kwargs", "assessors", "detach_assessors", "cortex", "pictures")
"""Arguments that PPO has not."""


class DualBrainPPO(PlainFiles, PPO):
    """PPO whose reward comes from innate drives, and whose cortex learns to predict their signals.

    ``env`` is an id, an environment or a `VecEnv` (``n_envs`` and ``env_kwargs`` go with an id); ``steering`` is a
    `SteeringSubsystem` or the modules of one. ``assessors`` may be False (then it is SB3's PPO on another reward) or
    `AssessorOptions`; with ``detach_assessors`` they learn without changing actor and critic. ``pictures``
    is at how many times of a run TensorBoard's pictures are made, 0 for none. ``cortex`` is a registered name, a path
    ``package.module:Class`` or a class derived from `Cortex`. All other arguments are those of
    `stable_baselines3.PPO`. Raises `UserError` where world, drives and horizons do not fit together.
    """

    policy_aliases: ClassVar[dict[str, type[BasePolicy]]] = {"BrainPolicy": BrainPolicy}
    attributes: ClassVar[Mapping[str, Any]] = {
        **PlainFiles.attributes,
        "steering": SteeringSubsystem,
        "options": AssessorOptions | None,
        "cortex": (str, type),
        "pictures": int,
        "history": RecentRollouts,
        "audit": Audit,
        "responses": dict,
        "_shuffle": np.random.Generator,
        "_vec_normalize_env": VecNormalize | None,
        "n_steps": int,
        "batch_size": int,
        "n_epochs": int,
        "gamma": (int, float),
        "gae_lambda": (int, float),
    }
    policy: BrainPolicy
    rollout_buffer: MaskedRolloutBuffer
    body: SteeringVecEnv
    """The one wrapper that replaces rewards and applies reflexes."""
    given: VecEnv | None
    """The environment as it was given, where `env` is what the agent trains in: steered."""
    record: Rollout
    """What the last rollout was like, beside SB3's buffer."""

    def __init__(
        self,
        policy: str | type[BrainPolicy],
        env: Environment | None,
        *args: Any,
        steering: Steering = (),
        n_envs: int = 1,
        env_kwargs: Mapping[str, Any] | None = None,
        assessors: bool | AssessorOptions = True,
        detach_assessors: bool = False,
        cortex: str | type[Cortex] = "mlp",
        pictures: int = PICTURES,
        **kwargs: Any,
    ):
        built = kwargs.get("_init_setup_model", True)  # what a file holds is checked when its networks are built
        if built and not (isinstance(policy, str) or _is_a_brains(policy)):
            raise UserError(f"the policy must be 'BrainPolicy' or a class derived from it, not {policy}")
        self.steering = _subsystem(steering)
        self.options = _options(assessors, detach_assessors)
        self.cortex = cortex
        self.pictures = PICTURES_A_RUN.check(pictures, "'pictures'")
        self.history = RecentRollouts()
        self.audit = Audit()
        self.given = None
        self.responses: dict[str, Memory] = {}
        self._learning = False
        self._left: Resets | None = None
        """The resets of all worlds up to when it last ceased to learn."""
        self._later: dict[str, Callable[[], None]] = {}
        """What is to be exchanged at the next rollout's start."""
        self._shuffle = np.random.default_rng(self.options.shuffle_seed if self.options else 0)
        check_options(env, n_envs if n_envs > 1 else None, env_kwargs)
        venv = None if env is None else _worlds(env, n_envs, env_kwargs)
        if venv is None and built:
            raise UserError("an agent needs an environment: give an id, a gymnasium.Env or a VecEnv")
        checked = checked_arguments(PPO, args, kwargs, n_envs if venv is None else venv.num_envs, OWN)
        if checked.get("rollout_buffer_class"):
            raise UserError("'rollout_buffer_class' cannot be chosen: a brain keeps rollouts in a class of its own")
        super().__init__(policy, venv, **checked)  # type: ignore[arg-type]

    def _get_policy_from_name(self, policy_name: str) -> type[BasePolicy]:
        if policy_name not in self.policy_aliases:
            seen = "it reads vectors, Dicts and, with cortex='cnn', images"
            raise UserError(f"unknown policy '{policy_name}': the policy of a brain is 'BrainPolicy'; {seen}")
        return super()._get_policy_from_name(policy_name)

    def _setup_model(self) -> None:
        if not _is_a_brains(self.policy_class):
            raise TypeError(f"{self.policy_class.__name__} is not the policy of a brain")
        if self.env is not None:
            self._embody(self.env)
        elif self._vec_normalize_env is not None:
            self._vec_normalize_env = unbound(self._vec_normalize_env)
        self._check_fit(self.steering)
        is_dict = isinstance(self.observation_space, gymnasium.spaces.Dict)
        self.rollout_buffer_class = BrainDictRolloutBuffer if is_dict else BrainRolloutBuffer
        self._declare()
        super()._setup_model()

    def _declare(self) -> None:
        """Set what depends on the signals: the policy's arguments and the record."""
        self.policy_kwargs = {**self.policy_kwargs, **self._brain_kwargs()}
        self.record = Rollout(self.n_steps, self.n_envs, self.steering.signals)

    def _policy_arguments(self) -> dict[str, Any]:
        return {**super()._policy_arguments(), **self._brain_kwargs(), "cortex": load_cortex(self.cortex)}

    def _brain_kwargs(self) -> dict[str, Any]:
        return {
            "cortex": self.cortex,
            "signals": self.steering.signals if self.options else None,
            "options": self.options,
            "keep_slow": self.steering.needs_thought,
            "gamma": self.gamma,
            "gae_lambda": self.gae_lambda,
        }

    def _embody(self, env: VecEnv) -> None:
        """Put the steering subsystem around ``env``; a loaded one keeps the state of its modules."""
        state = self.steering.state_dict() if self.steering.n == env.num_envs else None
        if self.given is None or (env is not self.given and env is not self.env):
            self._enter(carried(env, self._vec_normalize_env, stacklevel=7))
        assert self.env is not None
        self._vec_normalize_env = normaliser_of(self.env)
        self.steering = self.body.steering
        if state is not None:
            self.steering.load_state_dict(state)

    def _enter(self, env: VecEnv) -> None:
        theirs = unwrap_vec_wrapper(env, SteeringVecEnv)
        if "body" in vars(self) and self.body is not theirs:
            self.body.retire()
        if theirs is not None:
            self._check_drives(theirs.steering)
        self.body = theirs or SteeringVecEnv(env, self.steering, self.scorecard)
        self.given, self.env = env, env if theirs else self.body
        raw = normaliser_of(self.body) is None
        self.body.scorecard = self._scorecard_of_raw if raw and self.options else self.scorecard

    def _check_drives(self, given: SteeringSubsystem) -> None:
        ours, theirs = ", ".join(self.steering.signals), ", ".join(given.signals)
        if ours and ours != theirs:
            raise UserError(f"the brain has the signals {ours}, but its environment has {theirs}")

    def _check_fit(self, steering: SteeringSubsystem) -> None:
        if not steering.signals:
            raise UserError("the steering subsystem has no modules: give at least one, such as steering=[Extrinsic()]")
        name, signal = max(steering.signals.items(), key=lambda item: item[1].horizon)
        if self.options and self.n_steps <= signal.horizon:
            raise UserError(f"n_steps ({self.n_steps}) must exceed the longest horizon ({name}: {signal.horizon})")
        if self.options:
            check_lesions(self.options.lesions, steering.signals)

    def set_steering(self, steering: Steering) -> None:
        """Exchange the drives; signals of the same name and range keep their heads.

        Other signals get newborn heads. Actor and critic stay, all worlds are reset, and modules begin without memory.
        While the agent learns, as in a callback, this waits for the next rollout's start.
        Raises `UserError`, and changes nothing, where world, drives and horizons do not fit together.
        """
        given = _subsystem(steering)
        self._check_fit(given)
        if self.env is not None:
            self.body.check(given)
        self._at_rollout_start("steering", partial(self._exchange, given))

    def _exchange(self, given: SteeringSubsystem) -> None:
        given.set_training_step(self.num_timesteps)
        if self.env is not None:
            self.body.steer(given)
            given = self.body.steering
            self._last_obs = None
        self.steering = given
        if self.options:
            transfer_heads(self.policy, given.signals, given.needs_thought)
        self._declare()

    def set_weights(self, weights: Mapping[str, float]) -> None:
        """Change weights, by module name or full signal name, from the next step on, also while the agent learns.

        See `SteeringSubsystem.set_weights`. Raises `UserError`, and changes nothing, for an unknown name.
        """
        self.steering.set_weights(weights)

    def set_assessors(self, options: AssessorOptions) -> None:
        """Change how the assessors learn, or which of them are ablated.

        While the agent learns, this waits for the next rollout's start. Heads keep what they have learned. Raises
        `UserError` for a lesion that is no signal, and for what is decided at birth: whether there are assessors, and
        whether they are detached.
        """
        if self.options is None or self.options.detach != options.detach:
            raise UserError(
                "whether there are assessors, and whether they are detached, is fixed when the agent is made"
            )
        check_lesions(options.lesions, self.steering.signals)
        self._at_rollout_start("assessors", partial(self._reform, options))

    def _reform(self, options: AssessorOptions) -> None:
        self.options = self.policy.options = options
        transfer_heads(self.policy, self.steering.signals, self.steering.needs_thought)
        self._declare()

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
        if self._last_obs is None or self.body.interrupted:
            assert self.env is not None
            self._last_obs = self.env.reset()  # type: ignore[assignment]
            self._last_episode_starts = np.ones((self.n_envs,), bool)

    def learn(self, total_timesteps: int, *args: Any, **kwargs: Any) -> Self:
        """Learn, as Stable-Baselines3's PPO does: ``learn(total_timesteps, callback=None, ...)``.

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
            return super().learn(total_timesteps, *args, **kwargs)
        finally:
            self._learning = False
            self._left = None if self.env is None else Resets(self.env)
            self.change_over()

    def set_env(self, env: Environment, force_reset: bool = True) -> None:
        """Train in another environment, with the same steering subsystem.

        Raises `UserError` while the agent learns, and for a world that does not fit it, or another number of worlds.
        """
        if self._learning:
            raise UserError("set_env must wait until learn has returned: a rollout is under way in the old environment")
        trained_in, worlds = self.env, _worlds(env, self.n_envs)
        check_world(self.observation_space, self.action_space, worlds)
        if worlds.num_envs != self.n_envs:
            raise UserError(f"the agent learns in {self.n_envs} worlds at once, and these are {worlds.num_envs}")
        super().set_env(carried(worlds, self._vec_normalize_env, stacklevel=3), force_reset)
        assert self.env is not None
        given, self.env = self.env, trained_in
        self._embody(given)

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
        venv = None if env is None else _worlds(env, n_envs)
        try:
            return super().load(path, env=venv, **check_hyperparameters(kwargs))
        except ValueError as error:
            if "spaces do not match" not in str(error):
                raise
            raise UserError(f"this world does not fit the brain: {' '.join(str(error).split())}") from error

    @classmethod
    def _check_kept(cls, data: Mapping[str, Any]) -> None:
        super()._check_kept(data)
        memories = data.get("responses", {}).values()
        if not all(isinstance(memory, Memory) for memory in memories):
            raise DamagedError("what it remembers of events is nothing")
        kept = [data[name] for name in ("history", "audit") if name in data]
        try:
            whole = all(each.is_whole() for each in (*kept, *memories))
        except AttributeError:  # it has none of what such a thing has
            whole = False
        if not whole:
            raise DamagedError("what it keeps of its training is not whole")

    def _excluded_save_params(self) -> list[str]:
        kept = {"_vec_normalize_env"}  # without its environment: see VecNormalize.__getstate__
        left_out = [name for name in super()._excluded_save_params() if name not in kept]
        return [*left_out, *LIVING]

    def _never_from_a_file(self) -> set[str]:
        return {*super()._never_from_a_file(), *LIVING}

    def _get_torch_save_params(self) -> tuple[list[str], list[str]]:
        state_dicts, tensors = super()._get_torch_save_params()
        return state_dicts + (["policy.assessor_optimizer"] if self.options else []), tensors

    def set_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Take over parameters, as in SB3; raises `NonFiniteError`, and changes nothing, where one is not finite."""
        before: dict[str, Any] = copy.deepcopy(self.get_parameters())
        super().set_parameters(*args, **kwargs)
        broken = broken_parts(self.policy)
        if broken:
            super().set_parameters(before)
            raise NonFiniteError(f"not taken over: {', '.join(broken)} is not finite")

    def _setup_learn(self, *args: Any, **kwargs: Any) -> tuple[int, BaseCallback]:
        self.tensorboard_log = writable(self.tensorboard_log)
        return super()._setup_learn(*args, **kwargs)

    def _init_callback(self, callback: MaybeCallback, progress_bar: bool = False) -> BaseCallback:
        observers, theirs = parted(callback)
        ours = BrainCallback(
            [*self._observers(), *observers],
            options=lambda: self.options,
            settings=self._settings,
            begin=self._begin_rollout,
        )
        return super()._init_callback(CallbackList([ours, *theirs]), progress_bar)

    def _observers(self) -> list[Observer]:
        """Return what observes training: what steers and what fills rollouts in come first, and may fail."""
        scalars = Guard("scalars", "scalar of the brain, nor audit and its alarms")
        return [
            StageSchedule(),
            Recorder(self.policy),
            GuardedObserver(ScalarsObserver(self.history, self.audit), scalars),
            GuardedObserver(self._pictures(), Guard("pictures", "picture in TensorBoard")),
        ]

    def _pictures(self) -> Observer:
        charts = DopamineCharts(self.responses)
        often, seldom = scenes(self, self.body, self.seed or 0, self._think if self.options else None)
        makers = {"predictions": chart_foresight, "dopamine around events": charts.around, **often}
        return PicturesObserver(self.pictures, makers, {"dopamine in the course of training": charts.shift, **seldom})

    def _think(self, observations: Any) -> NDArray[np.float32]:
        """Return thoughts ``(n, Z)`` of observations as the rollout buffer has them."""
        with torch.no_grad():
            thoughts: NDArray[np.float32] = self.policy.think(obs_as_tensor(observations, self.device)).cpu().numpy()
        return thoughts

    def _begin_rollout(self) -> Rollout:
        """Make the changes that waited for a rollout's start; return what it fills."""
        self.change_over()
        self.restart()
        self.rollout_buffer.present = self.record.present
        return self.record

    def _settings(self) -> Settings:
        """Return what decides how it trains, but for chance."""
        return {
            **steering_settings(self.body, self.options),
            "cortex": self.cortex if isinstance(self.cortex, str) else code_name(self.cortex),
            "learning_rate": self.learning_rate if isinstance(self.learning_rate, float) else "schedule",
            "n_envs": self.n_envs,
            "n_steps": self.n_steps,
            "batch_size": self.batch_size,
            "n_epochs": self.n_epochs,
            "gamma": self.gamma,
            "gae_lambda": self.gae_lambda,
            "ent_coef": self.ent_coef,
            "vf_coef": self.vf_coef,
        }

    def _update_info_buffer(self, infos: list[dict[str, Any]], dones: NDArray[np.bool_] | None = None) -> None:
        """Look for finished episodes only in worlds where one ended."""
        if dones is None:
            super()._update_info_buffer(infos)
            return
        if dones.any():
            ended = np.flatnonzero(dones)
            super()._update_info_buffer([infos[i] for i in ended], dones[ended])
        dones |= self.body.born()  # SB3 takes the same array for the starts of episodes in the next row

    def train(self) -> None:
        """Update actor and critic as PPO does, on voluntary rows; then the assessors, on all rows of present agents.

        Raises `NonFiniteError`, and leaves the brain as it was, where that would leave losses or parameters that are
        not finite. The brain is left as it was too where anything else ends the update, such as Ctrl-C.
        """
        before = Safeguard(self.policy)
        try:
            self._update()
            broken = broken_parts(self.policy) or broken_losses(self.logger.name_to_value)
        except BaseException as error:
            # a ValueError is what torch's distributions raise when the actor is broken in mid-phase
            broken = broken_parts(self.policy) if isinstance(error, ValueError) else []
            before.restore()
            if not broken:
                raise
            raise self._undone(broken) from error
        if broken:
            before.restore()
            raise self._undone(broken)

    def _undone(self, broken: list[str]) -> NonFiniteError:
        found = f"training at step {self.num_timesteps:,} left {', '.join(broken)} not finite, and was undone"
        return NonFiniteError(f"{found}; {extremes(self.record, self.steering.signals)}")

    def _update(self) -> None:
        left_out = flatten(self.record.preempted | ~self.record.present)
        self.rollout_buffer.left_out = left_out if left_out.any() else None
        if not left_out.all():
            super().train()
            self._leave_out_the_absent()
        if self.options and self.record.present.any():
            self._train_assessors(self.options)

    def _leave_out_the_absent(self) -> None:
        """Correct the explained variance in SB3's log, which SB3 computes over all rows."""
        if not self.record.present.all():
            lived, buffer = flatten(self.record.present), self.rollout_buffer
            share = explained_variance(buffer.values.flatten()[lived], buffer.returns.flatten()[lived])
            self.logger.record("train/explained_variance", share)

    def _train_assessors(self, options: AssessorOptions) -> None:
        size = options.batch_size or self.batch_size
        observations = self.rollout_buffer.flat_observations()
        losses = train_auxiliary(
            self.policy, observations, self.record, options, size, self._shuffle, self.steering.awake
        )
        self.logger.record("train/assessor_loss", losses.total)
        Readings(losses.scalars(list(self.steering.signals))).write(self.logger)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the brain: see `PlainFiles.save`. Raises `NonFiniteError` where some parameter is not finite."""
        broken = broken_parts(self.policy)
        if broken:
            raise NonFiniteError(f"not saved: {', '.join(broken)} of the brain is not finite")
        super().save(*args, **kwargs)

    def assess(self, obs: Any) -> dict[str, Any]:
        """Return the predictions for observations ``(N, ...)``: see `BrainPolicy.assess`."""
        return self.policy.assess(self.policy.obs_to_tensor(obs)[0])

    def report(self) -> dict[str, Any]:
        """Return reward shares by module and prediction skill by signal, lately: see `RecentRollouts.report`.

        ``audit`` has the reward shares, innate reward and the world's score: see `Audit.report`.
        """
        return {**self.history.report(), "audit": self.audit.report()}

    @property
    def scorecard(self) -> Scorecard | None:
        """Return the predictions that the steering subsystem reads, from observations as `predict` takes them.

        None without assessors.
        """
        return self._scorecard if self.options else None

    def _scorecard_of_raw(self, obs: Any) -> NDArray[np.float32]:
        return self._scorecard(prepared(self, obs))

    def _scorecard(self, obs: Any) -> NDArray[np.float32]:
        """Return the slow copy's short predictions ``(N, K)`` for observations as `predict` takes them."""
        scorecard: NDArray[np.float32] = self.policy.slow_scorecard(self.policy.obs_to_tensor(obs)[0]).cpu().numpy()
        return scorecard


def _worlds(env: Environment, n_envs: int, env_kwargs: Mapping[str, Any] | None = None) -> VecEnv:
    """Return the worlds that ``env`` names or is; raises `UserError` where no policy can act or see in them."""
    venv = make_vec_env(env, n_envs, env_kwargs=env_kwargs)
    check_actions(venv.action_space)
    check_readable(venv.observation_space)
    return venv


def _is_a_brains(policy: Any) -> bool:
    return isinstance(policy, type) and issubclass(policy, BrainPolicy)


def _subsystem(steering: Steering) -> SteeringSubsystem:
    return steering if isinstance(steering, SteeringSubsystem) else SteeringSubsystem(steering)


def _options(assessors: bool | AssessorOptions, detach: bool) -> AssessorOptions | None:
    """Return how assessors learn, None for none; raises `UserError` for what says neither yes nor no."""
    if not isinstance(assessors, (bool, AssessorOptions)):
        raise UserError(f"'assessors' must be True, False or AssessorOptions, not {assessors!r:.60}")
    if not isinstance(detach, bool):
        raise UserError(f"'detach_assessors' must be True or False, not {detach!r:.60}")
    if not assessors:
        return None
    options = assessors if isinstance(assessors, AssessorOptions) else AssessorOptions()
    return replace(options, detach=True) if detach else options


AGENT = DualBrainPPO
"""What `dualbrain train --algo ppo` trains."""
