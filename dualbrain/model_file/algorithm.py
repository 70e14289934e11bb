"""Algorithms of Stable-Baselines3 whose model files hold no code, and run none when they are read."""

from __future__ import annotations

import io
import logging
import pathlib
import types
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Self

import numpy as np
import torch
from gymnasium import spaces
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.noise import ActionNoise
from stable_baselines3.common.on_policy_algorithm import OnPolicyAlgorithm
from stable_baselines3.common.policies import BasePolicy
from stable_baselines3.common.save_util import open_path, recursive_getattr, recursive_setattr
from stable_baselines3.common.utils import (
    ConstantSchedule,
    FloatSchedule,
    LinearSchedule,
    check_for_correct_spaces,
    get_system_info,
)

from dualbrain.errors import UserError
from dualbrain.files.trust import Source, is_vouched
from dualbrain.files.trust import reading as naming
from dualbrain.model_file.archive import DamagedError, PickledError
from dualbrain.model_file.model import (
    Model,
    given_attributes,
    read_model,
    read_state_dicts,
    read_training,
    write_model,
)
from dualbrain.model_file.size import MOST, check_experience, check_network, check_optimizer
from dualbrain.model_file.values import called
from dualbrain.training.hyperparameters import RANGES, SCHEDULES, check_hyperparameters, defaults_to_none
from dualbrain.training.memory import machine_memory
from dualbrain.training.policy_arguments import KINDS

Path = str | pathlib.Path | io.BufferedIOBase
PLAIN_SCHEDULES = (int, float, str, types.NoneType, FloatSchedule, ConstantSchedule, LinearSchedule)
PICKLED = "is not a saved model that can be read safely: it holds pickles, which can run code when they are read"

VOUCH = "if you trust its maker, say --trust (in Python: trusted=True)"


class PlainFiles(BaseAlgorithm):
    """What makes `save` and `load` of an algorithm write and read plain files: see `docs/model_files.md`.

    It stands first among the ancestors, as in ``class Mine(PlainFiles, A2C)``.
    """

    attributes: ClassVar[Mapping[str, Any]] = {
        "observation_space": spaces.Space,
        "action_space": spaces.Space,
        "policy_class": type,
        "policy_kwargs": dict,
        "n_envs": int,
        "verbose": int,
        "num_timesteps": int,
        "_total_timesteps": int,
        "_num_timesteps_at_start": int,
        "_episode_num": int,
        "_n_updates": int,
        "_stats_window_size": int,
        "_current_progress_remaining": (int, float),
        "start_time": (int, float),
        "seed": int | None,
        "tensorboard_log": str | None,
        "action_noise": ActionNoise | None,
        "ep_info_buffer": deque | None,
        "ep_success_buffer": deque | None,
        "use_sde": bool,
    }
    """Attributes that every file must hold, and what ``isinstance`` is to say of each."""

    def save(
        self,
        path: Path,
        exclude: Iterable[str] | None = None,
        include: Iterable[str] | None = None,
        *,
        training: Mapping[str, Any] | None = None,
    ) -> None:
        """Write the agent into a zip, which holds no pickle: see `docs/model_files.md`.

        What has no plain form, such as a lambda, is left out, with a warning; a schedule of that kind becomes the
        constant that it is now. ``training`` are plain values that say where training is: see `read_training_of`.
        Raises `UserError`, and writes nothing, where the agent could not be loaded at all.
        """
        state_dicts, variables = self._get_torch_save_params()
        left = {*self._excluded_save_params(), *(exclude or ())} - {*(include or ())}
        left |= {name.partition(".")[0] for name in (*state_dicts, *variables)}
        data = {name: value for name, value in vars(self).items() if name not in left}
        replaced = _with_plain_schedules(data, self._current_progress_remaining)
        tensors = {name: recursive_getattr(self, name) for name in variables}
        model = Model(data, self.get_parameters(), tensors, replaced, training=dict(training or {}))
        whole = io.BytesIO()
        needed = [name for name in ("policy_kwargs",) if name in data]
        left_out = write_model(whole, model, needed)
        for place in self.attributes.keys() & left_out.keys():
            raise UserError(f"not saved: a model file cannot hold {place}, {left_out[place]}")
        for place, what in left_out.items():
            warnings.warn(f"a model file cannot hold {place}, {what}", stacklevel=3)
        _write(path, whole)

    @classmethod
    def load(
        cls,
        path: Path,
        env: Any = None,
        device: torch.device | str = "auto",
        custom_objects: dict[str, Any] | None = None,
        print_system_info: bool = False,
        force_reset: bool = True,
        *,
        trusted: bool = False,
        **kwargs: Any,
    ) -> Self:
        """Load an agent, as Stable-Baselines3 does.

        ``custom_objects`` stand in for attributes by name, and also for what a file cannot hold: by place, as in
        ``{"steering.fear.when": rule}``, or, where it is code that is not found, by its name in the file, as in
        ``{"__main__:Fear": Fear}``. ``trusted`` allows files of Stable-Baselines3's own format, which hold pickles,
        and any name of code.

        Raises `UserError`, in one line, for a file that is none, is damaged, or names what is not known here.
        """
        given, trusted = custom_objects or {}, trusted or is_vouched()
        with reading(path) as file:
            try:
                model = read_model(file, source_of(path, trusted), given)
            except PickledError as error:
                if not trusted:
                    raise UserError(f"{called_file(path)} {PICKLED}; {VOUCH}") from error
                return super().load(path, env, device, custom_objects, print_system_info, force_reset, **kwargs)
            cls._check(model, given, trusted, called_file(path))
        if print_system_info:
            get_system_info()
            print(f"== SAVED MODEL SYSTEM INFO ==\n{model.system}")
        _say_what_is_missing(called_file(path), model, {**given, **kwargs})
        if not trusted:
            _keep_logs_here(model.data, called_file(path))
        agent = cls._bare(model, env, device, force_reset, kwargs)
        with blaming(path), naming(source_of(path, trusted)):
            agent._fill(model, device, trusted)
        return agent

    @classmethod
    def _check(cls, model: Model, given: Mapping[str, Any], trusted: bool, where: str) -> None:
        """Raise where an attribute is missing, of another kind than it should be, or out of its range."""
        for name, kind in cls.attributes.items():
            if not isinstance(model.data.get(name), kind):
                raise DamagedError(f"its {name} is {called(model.data.get(name))}")
        if not issubclass(model.data["policy_class"], BasePolicy):
            raise DamagedError("its policy is none")
        own = {name: value for name, value in model.data.items() if name not in given}
        for name, value in own.items():
            if callable(getattr(cls, name, None)) and name != "policy_class":
                raise DamagedError(f"its '{name[:50]}' is no attribute of an agent")
            if name in (*SCHEDULES, "lr_schedule") and not isinstance(value, PLAIN_SCHEDULES):
                raise DamagedError(f"its {name} is {called(value)}")
        _check_numbers(cls, own, where)
        cls._check_kept(own)
        if not trusted:
            _check_classes(own.get("policy_kwargs", {}), tuple(given.values()), where)

    @classmethod
    def _check_kept(cls, data: Mapping[str, Any]) -> None:
        """Raise `DamagedError` where what is kept of training is not of the form that it is kept in."""
        for episode in data.get("ep_info_buffer") or ():
            numbers = [episode.get(name) for name in ("r", "l")] if isinstance(episode, dict) else [None]
            if not all(isinstance(number, int | float | np.number) for number in numbers):
                raise DamagedError("its latest episodes are none")

    @classmethod
    def _bare(cls, model: Model, env: Any, device: Any, force_reset: bool, kwargs: Mapping[str, Any]) -> Self:
        """Return an agent with the attributes of a file, whose networks are still to be made."""
        data = model.data
        data["policy_kwargs"].pop("device", None)
        if "policy_kwargs" in kwargs and kwargs["policy_kwargs"] != data["policy_kwargs"]:
            raise UserError(f"the policy_kwargs of the file are {data['policy_kwargs']}: they cannot be changed")
        if env is not None:
            env = cls._wrap_env(env, data["verbose"])
            check_for_correct_spaces(env, data["observation_space"], data["action_space"])
            data |= {"n_envs": env.num_envs} | ({"_last_obs": None} if force_reset else {})
        agent = cls(policy=data["policy_class"], env=env, device=device, _init_setup_model=False)  # type: ignore[call-arg]
        kept = {name: value for name, value in data.items() if name not in agent._never_from_a_file()}
        vars(agent).update({**kept, **kwargs})
        return agent

    def _never_from_a_file(self) -> set[str]:
        return {"policy", "env", "device", "_logger", "_custom_logger", "rollout_buffer", "replay_buffer"}

    def _fill(self, model: Model, device: Any, trusted: bool) -> None:
        """Make the networks, and put the parameters of a file into them."""
        if not trusted:
            check_experience(vars(self), MOST if self.env is None else machine_memory())
            check_network(self.policy_class, self._policy_arguments(), vars(self), model.state_dicts.get("policy", {}))
        self._setup_model()
        self.set_parameters(model.state_dicts, exact_match=True, device=device)
        for name in model.state_dicts:
            part = recursive_getattr(self, name)
            if isinstance(part, torch.optim.Optimizer):
                check_optimizer(part)
        for name in self._get_torch_save_params()[1]:
            if model.variables.get(name) is not None:
                recursive_setattr(self, f"{name}.data", model.variables[name].data)
        if self.use_sde:
            self.policy.reset_noise()  # type: ignore[operator]

    def _policy_arguments(self) -> dict[str, Any]:
        """Return the keyword arguments with which the policy is built."""
        noise = {"use_sde": self.use_sde} if isinstance(self, OnPolicyAlgorithm) else {}
        return {**self.policy_kwargs, **noise}

    def set_parameters(
        self, load_path_or_dict: Any, exact_match: bool = True, device: torch.device | str = "auto"
    ) -> None:
        """Load parameters from `get_parameters`, or from a file, of which nothing else is read."""
        if isinstance(load_path_or_dict, dict):
            super().set_parameters(load_path_or_dict, exact_match, device)
            return
        with reading(load_path_or_dict) as file:
            state_dicts = read_state_dicts(file)
        super().set_parameters(state_dicts, exact_match, device)


def read_training_of(path: pathlib.Path) -> dict[str, Any]:
    """Return where training was when a checkpoint was written, as plain values; empty for any other model.

    Raises `UserError`, in one line, for a file that is none or is damaged.
    """
    with reading(path) as file:
        return read_training(file, source_of(path, is_vouched()))


def source_of(path: Any, trusted: bool) -> Source:
    """Return what the names in a model file may stand for: in a run folder, no code of that folder itself."""
    home = pathlib.Path(path).parent if isinstance(path, (str, pathlib.Path)) else None
    in_run = home is not None and (home / "config.toml").is_file()
    return Source(called_file(path), home if in_run else None, trusted)


def called_file(path: Any) -> str:
    """Return how errors call a file."""
    return str(path) if isinstance(path, (str, pathlib.Path)) else "the file"


@contextmanager
def reading(path: Path) -> Iterator[Any]:
    """Open a model file; raises `UserError` for one that turns out to be none."""
    file = open_path(path, "r", verbose=0, suffix="zip")
    try:
        with blaming(path):
            yield file
    finally:
        if isinstance(path, (str, pathlib.Path)):
            file.close()


@contextmanager
def blaming(path: Any) -> Iterator[None]:
    """Raise `UserError`, naming the file, for what is wrong with it."""
    try:
        yield
    except DamagedError as error:
        raise UserError(f"{called_file(path)} is not a saved model: {error}") from error


def _write(path: Path, whole: io.BytesIO) -> None:
    file = open_path(path, "w", verbose=0, suffix="zip")
    try:
        file.write(whole.getvalue())
    finally:
        if isinstance(path, (str, pathlib.Path)):
            file.close()


def _with_plain_schedules(data: dict[str, Any], progress: float) -> dict[str, str]:
    """Replace schedules that cannot be written by constants; return their names and constants."""
    replaced = {}
    for name in (*SCHEDULES, "lr_schedule"):
        schedule = data.get(name)
        inner = schedule.value_schedule if isinstance(schedule, FloatSchedule) else schedule
        if not isinstance(inner, PLAIN_SCHEDULES):
            data[name] = float(inner(progress))
            replaced[name] = f"{called(inner)}: in the file it is constant at {data[name]:g}"
    replaced.pop("lr_schedule", None)
    return replaced


def _check_numbers(cls: type, data: Mapping[str, Any], where: str) -> None:
    """Raise `UserError` for a hyperparameter out of its range; None is in it where that is the default."""
    numbers = {name: value for name, value in data.items() if name in RANGES}
    unset = [name for name, value in numbers.items() if value is None and defaults_to_none(cls, name)]
    check_hyperparameters({name: value for name, value in numbers.items() if name not in unset}, where)


def _check_classes(arguments: Mapping[str, Any], given: tuple[Any, ...], where: str) -> None:
    """Raise `UserError` for a class among a policy's arguments that is not of the kind that is called there."""
    for name, kind in KINDS.items():
        value = arguments.get(name)
        if value is None or any(value is each for each in given):
            continue
        if not (isinstance(value, type) and issubclass(value, kind)):
            wanted = f"not a class derived from {kind.__name__}: if it is yours, give it in custom_objects"
            raise UserError(f"{where}: its {name} is {called(value)}, {wanted}")


def _say_what_is_missing(where: str, model: Model, given: Mapping[str, Any]) -> None:
    for place, what in model.left_out.items():
        if place not in given and place.partition(".")[0] not in given_attributes(given):
            logging.getLogger("dualbrain").warning("%s does not hold %s, which was %s", where, place[:100], what[:200])


def _keep_logs_here(data: dict[str, Any], where: str) -> None:
    """Forget the log folder of a file, unless it lies in the current folder: a file does not say where to write."""
    folder = data.get("tensorboard_log")
    if folder and not pathlib.Path(folder).resolve().is_relative_to(pathlib.Path.cwd().resolve()):
        data["tensorboard_log"] = None
        logging.getLogger("dualbrain").warning(
            "%s would log to %s, which is not in the current folder: give tensorboard_log to load", where, folder[:200]
        )
