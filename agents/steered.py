"""Any algorithm of Stable-Baselines3 in a steered world, with assessors beside it that it does not notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.callbacks import BaseCallback, CallbackList
from stable_baselines3.common.noise import NormalActionNoise
from stable_baselines3.common.type_aliases import MaybeCallback
from stable_baselines3.common.utils import obs_as_tensor
from stable_baselines3.common.vec_env import VecEnv
from torch import Tensor

from agents.embodied.arguments import Environment, Steering, options_of, worlds_of
from agents.embodied.embodied import Embodied
from agents.embodied.head_transfer import transfer_heads
from agents.sb3_bridge import WINDOW, BrainCallback, split_callbacks
from dualbrain.cortex.building import cortex_options, load_cortex
from dualbrain.cortex.flat import FlatDict
from dualbrain.cortex.interface import Cortex
from dualbrain.cortex.stream import Arrays, Flags, recall
from dualbrain.errors import NonFiniteError, UserError
from dualbrain.heads.assessor_network import AssessorNetwork
from dualbrain.heads.options import AssessorOptions
from dualbrain.model_file.archive import DamagedError
from dualbrain.model_file.model import Model
from dualbrain.model_file.names import name_of
from dualbrain.model_file.size import check_cortex
from dualbrain.observers.assessor_learning import AssessorLearning, RolloutPredictions
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.structured.ranges import AT_LEAST_1
from dualbrain.tensorboard.hparams import steering_settings
from dualbrain.training.hyperparameters import RANGES, checked_arguments
from dualbrain.training.log_schedule import PICTURES
from dualbrain.training.observer import Settings
from dualbrain.training.policy_arguments import AUTO, is_small, policy_name
from dualbrain.worlds.make_env import check_options
from dualbrain.worlds.spaces.normalisation import unbound

MOST_ROWS, LEAST = 4096, 32
"""Rows that a window has at most by default, and steps that it has at least."""
OWN = ("steering", "n_envs", "env_kwargs", "assessors", "cortex", "cortex_kwargs", "window", "pictures")
"""Arguments that the algorithms themselves have not."""


class Steered(Embodied):
    """Mix-in that puts an algorithm under drives: ``class SteeredDQN(Steered, DQN)``, with `values`, is all it takes.

    ``env`` is an id, an environment or a `VecEnv` (``n_envs`` and ``env_kwargs`` go with an id); ``steering`` is a
    `SteeringSubsystem` or the modules of one. ``assessors`` may be False or `AssessorOptions`: they have a ``cortex``
    of their own, whose options are ``cortex_kwargs``, and learn from windows of ``window`` steps, which the algorithm
    does not notice. ``pictures`` is at how many times of a run TensorBoard's pictures are made, 0 for none. ``policy``
    may be "auto": what the algorithm has for vectors, images or Dicts. ``action_noise`` may be a number, the deviation
    of Gaussian noise. All other arguments are those of the algorithm. Raises `UserError` where world, drives and
    horizons do not fit together.
    """

    attributes: ClassVar[Mapping[str, Any]] = {**Embodied.attributes, "window": int}
    auxiliary: AssessorNetwork | None = None
    """The assessors and their cortex; None without them."""
    _bridge: BrainCallback | None = None

    def __init__(
        self,
        policy: str | type[Any] = AUTO,
        env: Environment | None = None,
        *args: Any,
        steering: Steering = (),
        n_envs: int = 1,
        env_kwargs: Mapping[str, Any] | None = None,
        assessors: bool | AssessorOptions = True,
        cortex: str | type[Cortex] = "mlp",
        cortex_kwargs: Mapping[str, Any] | None = None,
        window: int | None = None,
        pictures: int = PICTURES,
        **kwargs: Any,
    ):
        self._begin(steering, options_of(assessors), pictures, cortex, cortex_kwargs)
        check_options(env, n_envs if n_envs > 1 else None, env_kwargs)
        venv = None if env is None else worlds_of(env, n_envs, env_kwargs)
        if venv is None and kwargs.get("_init_setup_model", True):
            raise UserError("an agent needs an environment: give an id, a gymnasium.Env or a VecEnv")
        n = n_envs if venv is None else venv.num_envs
        self.window = AT_LEAST_1.check(self._window(n) if window is None else window, "'window'")
        given = checked_arguments(self._algorithm(), args, kwargs, n, OWN)
        if venv is not None:
            policy, given = self._policy_for(policy, venv), _fitted(given, venv)
        try:
            super().__init__(policy, venv, **given)
        except AssertionError as error:  # as Stable-Baselines3 says that it has no such actions
            raise UserError(" ".join(str(error).split())) from error

    @classmethod
    def _algorithm(cls) -> type:
        """Return the class that this puts under drives: the next one with a constructor of its own."""
        later = cls.__mro__[cls.__mro__.index(Steered) + 1 :]
        return next(each for each in later if "__init__" in vars(each))

    def _policy_for(self, policy: str | type[Any], venv: VecEnv) -> str | type[Any]:
        return policy_name(venv.observation_space, self.policy_aliases) if policy == AUTO else policy

    def _window(self, n_envs: int) -> int:
        """Return how long a window is by default: shorter where there are many agents, longer than any horizon."""
        horizons = [signal.horizon for signal in self.steering.signals.values()]
        return max(min(WINDOW, MOST_ROWS // n_envs), LEAST, *(2 * horizon for horizon in horizons))

    def values(self, obs: Any) -> Tensor:
        """Return ``(N,)`` what the algorithm expects of observations as tensors, for its own policy."""
        raise NotImplementedError

    def _setup_model(self) -> None:
        if self.env is not None:
            self._steer_env(self.env)
        elif self._vec_normalize_env is not None:
            self._vec_normalize_env = unbound(self._vec_normalize_env)
        self._check_fit(self.steering)
        super()._setup_model()  # type: ignore[safe-super]
        self.auxiliary = self._network(self.options) if self.options else None
        if self.auxiliary is not None:
            self._remember(self.auxiliary, self.window)

    def _network(self, options: AssessorOptions) -> AssessorNetwork:
        return AssessorNetwork(
            load_cortex(self.cortex),
            self.observation_space,
            self.steering.signals,
            options,
            self.steering.needs_thought,
            self.gamma,
            normalize_images=self.policy.normalize_images,
            device=self.device,
            cortex_options=self._cortex_options(),
        )

    def _cortex_options(self) -> dict[str, Any]:
        spaces = self.observation_space, self.action_space
        return cortex_options(load_cortex(self.cortex), *spaces, self.parts, self.cortex_kwargs)

    def _fill(self, model: Model, device: Any, trusted: bool) -> None:
        if self.options and not trusted:
            state = model.state_dicts.get("auxiliary", {})
            check_cortex(load_cortex(self.cortex), self.observation_space, self._cortex_options(), state)
        super()._fill(model, device, trusted)

    def _check_horizon(self, steering: SteeringSubsystem) -> None:
        name, signal = max(steering.signals.items(), key=lambda item: item[1].horizon)
        if self.window <= signal.horizon:
            raise UserError(f"window ({self.window}) must exceed the longest horizon ({name}: {signal.horizon})")

    def _adopt_steering(self, steering: SteeringSubsystem) -> None:
        self._forget_window()
        if self.auxiliary is not None and self.options is not None:
            self.auxiliary.options = self.options
            transfer_heads(self.auxiliary, steering.signals, steering.needs_thought)

    def collect_rollouts(self, *args: Any, **kwargs: Any) -> Any:
        """Collect experience, as in Stable-Baselines3, once the changes are made that waited for this."""
        self.change_over()
        self.restart()
        return super().collect_rollouts(*args, **kwargs)  # type: ignore[misc]

    def _forget_window(self) -> None:
        if self._bridge is not None:
            self._bridge.discard()

    def _init_callback(self, callback: MaybeCallback, progress_bar: bool = False) -> BaseCallback:
        observers, theirs = split_callbacks(callback)
        network = self.auxiliary
        predictions = RolloutPredictions(self.values, network, self.device)
        ours = self._observers(predictions, self._think if network else None, network)
        learning = [AssessorLearning(network, self._shuffle, self.cortex_learning)] if network else []
        self._bridge = BrainCallback(
            [*ours, *observers, *learning, *self._kept()],
            self.window,
            keep_obs=True,
            options=lambda: self.options,
            settings=self._settings,
        )
        return super()._init_callback(CallbackList([self._bridge, *theirs]), progress_bar)

    def _think(self, observations: Any) -> NDArray[np.float32]:
        """Return thoughts ``(n, Z)`` of observations as the environment gives them, as if episodes began with them."""
        assert self.auxiliary is not None
        with torch.no_grad():
            thoughts: NDArray[np.float32] = self.auxiliary.think(obs_as_tensor(observations, self.device)).cpu().numpy()
        return thoughts

    def _settings(self) -> Settings:
        """Return what decides how it trains, but for chance."""
        numbers = {name: value for name, value in vars(self).items() if name in RANGES}
        rate = self.learning_rate if isinstance(self.learning_rate, float) else "schedule"
        return {
            **steering_settings(self.steering_env, self.options),
            "algorithm": self._algorithm().__name__,
            "cortex": self.cortex if isinstance(self.cortex, str) else name_of(self.cortex),
            "n_envs": self.n_envs,
            **{name: value for name, value in numbers.items() if isinstance(value, int | float) and name != "seed"},
            "learning_rate": rate,
        }

    def _tensors(self, obs: Any) -> Any:
        return self.policy.obs_to_tensor(obs)[0]

    @torch.no_grad()
    def assess(self, obs: Any, state: Arrays | None = None, episode_start: Flags | None = None) -> dict[str, Any]:
        """Return the predictions for observations: ``short`` and ``long`` by signal, and ``valence``, arrays ``(N,)``.

        Without assessors the first two are empty. A cortex that remembers thinks of them in ``state`` (None: as if an
        episode began with each), begun anew at an ``episode_start`` ``(N,)``; ``state`` is what it is afterwards.
        """
        seen = self._tensors(obs)
        expected: dict[str, Any] = {"short": {}, "long": {}, "valence": self.values(seen).cpu().numpy()}
        if self.auxiliary is None:
            return expected
        network = self.auxiliary
        thought, after = recall(network.cortex, network.percept(seen), state, episode_start)
        for kind, values in zip(("short", "long"), network.predictions(thought), strict=True):
            expected[kind] = dict(zip(network.heads.names, values.T, strict=True))
        return expected if after is None else {**expected, "state": after}

    @property
    def assessing(self) -> AssessorNetwork:
        """Return the network that predicts signals, where there are assessors."""
        assert self.auxiliary is not None
        return self.auxiliary

    def _get_torch_save_params(self) -> tuple[list[str], list[str]]:
        state_dicts, tensors = super()._get_torch_save_params()
        ours = ["auxiliary", "auxiliary.assessor_optimizer"] if self.options else []
        return [*state_dicts, *ours, *["auxiliary.cortex_optimizer"] * (self.cortex_learning is not None)], tensors

    def _excluded_save_params(self) -> list[str]:
        return [*super()._excluded_save_params(), "auxiliary", "_bridge"]

    def _never_from_a_file(self) -> set[str]:
        return {*super()._never_from_a_file(), "auxiliary", "_bridge"}

    def set_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Take over parameters, as in Stable-Baselines3; raises `DamagedError` for others than the assessors'."""
        try:
            super().set_parameters(*args, **kwargs)
        except (RuntimeError, ValueError) as error:
            raise DamagedError("its parameters are not those of its networks") from error

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the brain: see `PlainFiles.save`. Raises `NonFiniteError` where some parameter is not finite."""
        parts = [self.policy, *filter(None, [self.auxiliary])]
        if not all(torch.isfinite(tensor).all() for part in parts for tensor in part.parameters()):
            raise NonFiniteError("not saved: some parameter of the brain is not finite")
        super().save(*args, **kwargs)


def _fitted(given: Mapping[str, Any], venv: VecEnv) -> dict[str, Any]:
    """Return arguments in the form of Stable-Baselines3, which read the observations of a world."""
    fitted = dict(given)
    if isinstance(fitted.get("action_noise"), int | float):
        shape = venv.action_space.shape or ()
        fitted["action_noise"] = NormalActionNoise(np.zeros(shape), np.full(shape, float(fitted["action_noise"])))
    if isinstance(fitted.get("train_freq"), list):
        fitted["train_freq"] = tuple(fitted["train_freq"])
    if isinstance(venv.observation_space, spaces.Dict) and is_small(venv.observation_space):
        fitted["policy_kwargs"] = {"features_extractor_class": FlatDict, **(fitted.get("policy_kwargs") or {})}
    return fitted


def rows_in(obs: Any) -> int:
    """Return how many observations a batch of tensors, or a dict of such, holds."""
    return len(next(iter(obs.values()))) if isinstance(obs, dict) else len(obs)


@contextmanager
def contrib() -> Iterator[None]:
    """Raise `UserError` where sb3-contrib, which an algorithm comes from, is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise UserError("this algorithm comes from the package sb3-contrib: pip install sb3-contrib") from error
