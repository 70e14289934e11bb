"""DualBrainPPO: Stable-Baselines3's PPO with a steering subsystem and thought assessors."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, ClassVar

import gymnasium
import numpy as np
import torch
from numpy.typing import NDArray
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback, CallbackList
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.type_aliases import MaybeCallback
from stable_baselines3.common.utils import explained_variance, obs_as_tensor

from agents.buffer import BrainDictRolloutBuffer, BrainRolloutBuffer, MaskedRolloutBuffer
from agents.embodied.arguments import Environment, Steering, options_of, worlds_of
from agents.embodied.embodied import Embodied
from agents.embodied.head_transfer import transfer_heads
from agents.policy import BrainPolicy
from agents.recorder import Recorder
from agents.safeguard import Safeguard, broken_losses, broken_parts, extremes
from agents.sb3_bridge import BrainCallback, split_callbacks
from dualbrain.cortex.building import load_cortex
from dualbrain.cortex.interface import Cortex
from dualbrain.cortex.reading import PERCEPT
from dualbrain.cortex.stream import Arrays, Flags
from dualbrain.errors import NonFiniteError, UserError
from dualbrain.heads.options import AssessorOptions
from dualbrain.model_file.names import name_of as code_name
from dualbrain.scalars.instruments import Scalars
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.structured.equality import equal
from dualbrain.tensorboard.hparams import steering_settings
from dualbrain.training.auxiliary import TrainingPhase, rethought
from dualbrain.training.hyperparameters import checked_arguments
from dualbrain.training.log_schedule import PICTURES
from dualbrain.training.observer import Settings
from dualbrain.training.replay.training_phase import train_assessors
from dualbrain.training.rollout import Rollout, flatten
from dualbrain.worlds.make_env import check_options
from dualbrain.worlds.spaces.normalisation import unbound

OWN = (
    "steering",
    "n_envs",
    "env_kwargs",
    "assessors",
    "detach_assessors",
    "cortex",
    "cortex_kwargs",
    "reads",
    "pictures",
)
"""Arguments that PPO has not."""


class DualBrainPPO(Embodied, PPO):
    """PPO whose reward comes from innate drives, and whose cortex learns to predict their signals.

    ``env`` is an id, an environment or a `VecEnv` (``n_envs`` and ``env_kwargs`` go with an id); ``steering`` is a
    `SteeringSubsystem` or the modules of one. ``assessors`` may be False (then it is SB3's PPO on another reward) or
    `AssessorOptions`; with ``detach_assessors`` they learn without changing actor and critic. ``pictures``
    is at how many times of a run TensorBoard's pictures are made, 0 for none. ``cortex`` is a registered name, a path
    ``package.module:Class`` or a class derived from `Cortex`, and ``cortex_kwargs`` are its options. Actor and critic
    read the ``"percept"``, the cortex's ``"thought"`` of it, which they do not change, or ``"both"``. All other
    arguments are those of `stable_baselines3.PPO`. Raises `UserError` where world, drives and horizons do not fit
    together.
    """

    policy_aliases: ClassVar[dict[str, type[BasePolicy]]] = {"BrainPolicy": BrainPolicy}
    attributes: ClassVar[Mapping[str, Any]] = {
        **Embodied.attributes,
        "n_steps": int,
        "batch_size": int,
        "n_epochs": int,
        "gae_lambda": (int, float),
    }
    policy: BrainPolicy
    reads: str = PERCEPT
    """What actor and critic read."""
    rollout_buffer: MaskedRolloutBuffer
    rollout: Rollout
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
        cortex_kwargs: Mapping[str, Any] | None = None,
        reads: str = PERCEPT,
        pictures: int = PICTURES,
        **kwargs: Any,
    ):
        built = kwargs.get("_init_setup_model", True)  # what a file holds is checked when its networks are built
        if built and not (isinstance(policy, str) or _is_a_brains(policy)):
            raise UserError(f"the policy must be 'BrainPolicy' or a class derived from it, not {policy}")
        self._begin(steering, options_of(assessors, detach_assessors), pictures, cortex, cortex_kwargs)
        self.reads = reads
        check_options(env, n_envs if n_envs > 1 else None, env_kwargs)
        venv = None if env is None else worlds_of(env, n_envs, env_kwargs)
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
            self._steer_env(self.env)
        elif self._vec_normalize_env is not None:
            self._vec_normalize_env = unbound(self._vec_normalize_env)
        self._check_fit(self.steering)
        is_dict = isinstance(self.observation_space, gymnasium.spaces.Dict)
        self.rollout_buffer_class = BrainDictRolloutBuffer if is_dict else BrainRolloutBuffer
        self._declare()
        super()._setup_model()
        if self.options:
            self._remember(self.policy, self.n_steps)

    def _declare(self) -> None:
        """Set what depends on the signals: the policy's arguments and the rollout."""
        self.policy_kwargs = {**self.policy_kwargs, **self._brain_kwargs()}
        self.rollout = Rollout(self.n_steps, self.n_envs, self.steering.signals)

    def _policy_arguments(self) -> dict[str, Any]:
        return {**super()._policy_arguments(), **self._brain_kwargs(), "cortex": load_cortex(self.cortex)}

    def _brain_kwargs(self) -> dict[str, Any]:
        theirs = self.policy_kwargs.get("cortex_kwargs")
        if self.cortex_kwargs and theirs and not equal(self.cortex_kwargs, theirs):
            raise UserError(f"cortex_kwargs {self.cortex_kwargs} differ from those in policy_kwargs: {theirs}")
        return {
            "cortex": self.cortex,
            "cortex_kwargs": self.cortex_kwargs or theirs,
            "reads": self.reads,
            "parts": self.parts,
            "signals": self.steering.signals if self.options else None,
            "options": self.options,
            "keep_slow": self.steering.needs_thought,
            "gamma": self.gamma,
            "gae_lambda": self.gae_lambda,
        }

    def _check_horizon(self, steering: SteeringSubsystem) -> None:
        name, signal = max(steering.signals.items(), key=lambda item: item[1].horizon)
        if self.n_steps <= signal.horizon:
            raise UserError(f"n_steps ({self.n_steps}) must exceed the longest horizon ({name}: {signal.horizon})")

    def _adopt_steering(self, steering: SteeringSubsystem) -> None:
        if self.options:
            self.policy.options = self.options
            transfer_heads(self.policy, steering.signals, steering.needs_thought)
        self._declare()

    def _excluded_save_params(self) -> list[str]:
        return [*super()._excluded_save_params(), "rollout"]

    def _never_from_a_file(self) -> set[str]:
        return {*super()._never_from_a_file(), "rollout"}

    def _get_torch_save_params(self) -> tuple[list[str], list[str]]:
        state_dicts, tensors = super()._get_torch_save_params()
        ours = ["policy.assessor_optimizer"] if self.options else []
        return [*state_dicts, *ours, *["policy.cortex_optimizer"] * (self.cortex_learning is not None)], tensors

    def set_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Take over parameters, as in SB3; raises `NonFiniteError`, and changes nothing, where one is not finite."""
        before: dict[str, Any] = copy.deepcopy(self.get_parameters())
        super().set_parameters(*args, **kwargs)
        broken = broken_parts(self.policy)
        if broken:
            super().set_parameters(before)
            raise NonFiniteError(f"not taken over: {', '.join(broken)} is not finite")

    def _init_callback(self, callback: MaybeCallback, progress_bar: bool = False) -> BaseCallback:
        observers, theirs = split_callbacks(callback)
        think, network = (self._think, self.policy) if self.options else (None, None)
        ours = BrainCallback(
            [*self._observers(Recorder(self.policy), think, network), *observers, *self._kept()],
            options=lambda: self.options,
            settings=self._settings,
            begin=self._begin_rollout,
        )
        return super()._init_callback(CallbackList([ours, *theirs]), progress_bar)

    def _think(self, observations: Any) -> NDArray[np.float32]:
        """Return thoughts ``(n, Z)`` of observations as the rollout buffer has them, as if episodes began with them."""
        with torch.no_grad():
            thoughts: NDArray[np.float32] = self.policy.think(obs_as_tensor(observations, self.device)).cpu().numpy()
        return thoughts

    def _begin_rollout(self) -> Rollout:
        """Make the changes that waited for a rollout's start; return what it fills."""
        self.change_over()
        self.restart()
        self.rollout_buffer.present = self.rollout.present
        return self.rollout

    def _settings(self) -> Settings:
        """Return what decides how it trains, but for chance."""
        return {
            **steering_settings(self.steering_env, self.options),
            "cortex": self.cortex if isinstance(self.cortex, str) else code_name(self.cortex),
            "reads": self.reads,
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
        dones |= self.steering_env.born()  # SB3 takes the same array for the starts of episodes in the next row

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
        return NonFiniteError(f"{found}; {extremes(self.rollout, self.steering.signals)}")

    def _update(self) -> None:
        left_out = flatten(self.rollout.preempted | ~self.rollout.present)
        self.rollout_buffer.left_out = left_out if left_out.any() else None
        self.rollout_buffer.thoughts = self._thoughts_read()
        if not left_out.all():
            super().train()
            self._leave_out_the_absent()
        if self.options and self.rollout.present.any():
            self._train_assessors(self.options)

    def _thoughts_read(self) -> torch.Tensor | None:
        """Return what actor and critic read ``(N * T, Z)`` of thoughts; None where they read the percept alone."""
        thoughts = self.rollout.thoughts if self.reads != PERCEPT else None
        return None if thoughts is None else thoughts.transpose(0, 1).flatten(0, 1)

    def _follow_thoughts(self, phase: TrainingPhase) -> None:
        """Let actor and critic go with what the cortex has learned, where they read its thoughts."""
        before = self._thoughts_read()
        if before is not None:
            present = torch.as_tensor(flatten(self.rollout.present), device=self.device)
            self.policy.follow(before[present], rethought(phase)[present])

    def _leave_out_the_absent(self) -> None:
        """Correct the explained variance in SB3's log, which SB3 computes over all rows."""
        if not self.rollout.present.all():
            present, buffer = flatten(self.rollout.present), self.rollout_buffer
            share = explained_variance(buffer.values.flatten()[present], buffer.returns.flatten()[present])
            self.logger.record("train/explained_variance", share)

    def _train_assessors(self, options: AssessorOptions) -> None:
        phase = TrainingPhase(
            self.policy,
            self.rollout_buffer.flat_observations(),
            self.rollout,
            options,
            options.batch_size or self.batch_size,
            self._shuffle,
            self.steering.active,
        )
        Scalars(train_assessors(phase, self.cortex_learning)).write(self.logger)
        self._follow_thoughts(phase)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the brain: see `PlainFiles.save`. Raises `NonFiniteError` where some parameter is not finite."""
        broken = broken_parts(self.policy)
        if broken:
            raise NonFiniteError(f"not saved: {', '.join(broken)} of the brain is not finite")
        super().save(*args, **kwargs)

    def assess(self, obs: Any, state: Arrays | None = None, episode_start: Flags | None = None) -> dict[str, Any]:
        """Return the predictions for observations ``(N, ...)``: see `BrainPolicy.assess`."""
        return self.policy.assess(self.policy.obs_to_tensor(obs)[0], state, episode_start)

    def step_without_learning(self) -> None:
        """Take a step in its worlds, of which nothing is kept but what the cortex remembers."""
        assert self.env is not None
        policy, obs, starts = self.policy, self._last_obs, self._last_episode_starts
        actions, _ = self.predict(obs, policy.live.state_dict().get("state"), starts)
        if policy.cortex.remembers:
            policy.live.think(self.percept(obs), starts)
        self._last_obs, _, dones, _ = self.env.step(actions)
        self._last_episode_starts = dones | self.steering_env.born()

    @property
    def assessing(self) -> BrainPolicy:
        """Return the network that predicts signals."""
        return self.policy


def _is_a_brains(policy: Any) -> bool:
    return isinstance(policy, type) and issubclass(policy, BrainPolicy)


AGENT = DualBrainPPO
"""What `dualbrain train --algo ppo` trains."""
