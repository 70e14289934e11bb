"""The parts of a saved brain that are written in a form of their own: drives, schedules, statistics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from stable_baselines3.common.running_mean_std import RunningMeanStd
from stable_baselines3.common.utils import ConstantSchedule, FloatSchedule, LinearSchedule
from stable_baselines3.common.vec_env import VecNormalize

from dualbrain.errors import UserError
from dualbrain.model_file.archive import DamagedError
from dualbrain.model_file.kinds import BASIC, OBJECT, build, exactly
from dualbrain.model_file.names import name_of
from dualbrain.model_file.spaces import SPACE
from dualbrain.model_file.values import Kind, Reader, Writer
from dualbrain.origin import reason
from dualbrain.steering.reward_module import RewardModule, module_name
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.structured.ranges import WORLDS
from dualbrain.worlds.spaces.normalisation import made_of, state_of

NUMBER = (int, float)


def _write_drive(writer: Writer, module: RewardModule) -> Any:
    """Write a drive: its class by name, its parameters, all of which it needs, and its state."""
    stated = {each.name: vars(module)[each.name] for each in fields(module) if each.name in vars(module)}
    name = module_name(module)
    parameters = writer.inside(name, stated, needed=True)
    return [name_of(type(module)), name, parameters, writer.inside(name, module.state_dict())]


def _read_drive(reader: Reader, payload: Any) -> RewardModule:
    module, state = _drive(reader, payload)
    module.load_state_dict(state)
    return module


def _drive(reader: Reader, payload: Any) -> tuple[RewardModule, dict[str, Any]]:
    dotted, name, parameters, state = reader.parts(payload, str, str, dict, dict)
    cls = reader.names.find(dotted, f"the drive '{name[:50]}',", _is_drive)
    return _made(cls, reader.entries(parameters)), reader.entries(state)


def _is_drive(found: Any) -> bool:
    return isinstance(found, type) and issubclass(found, RewardModule)


def _made(cls: type[RewardModule], parameters: Mapping[str, Any]) -> RewardModule:
    """Return a drive; one whose class has an ``__init__`` of its own is made without calling it."""
    definer = next(each for each in cls.__mro__ if "__init__" in vars(each))
    if is_dataclass(definer) and vars(definer).get("__dataclass_params__") and definer.__dataclass_params__.init:  # type: ignore[attr-defined]
        made: RewardModule = build(cls, dict(parameters))
        return made
    made = cls.__new__(cls)
    vars(made).update(parameters)
    return made


def _write_steering(writer: Writer, steering: SteeringSubsystem) -> Any:
    settings = {
        "weights": dict(steering.weights),
        "stages": steering.stages,
        "thought_cap": steering.thought_cap,
        "cut_wire": steering.cut_wire,
        "freeze_worth": steering.freeze_worth,
    }
    lately = {"stage": steering.stage, "n": steering.n, "frozen": steering.frozen}
    drives = [_write_drive(writer, module) for module in steering.modules.values()]
    return [drives, writer.write(settings), writer.write(lately)]


def _read_steering(reader: Reader, payload: Any) -> SteeringSubsystem:
    drives, settings, lately = reader.parts(payload, list, dict, dict)
    read, stated = [_drive(reader, drive) for drive in drives], reader.entries(settings)
    for name in ("cut_wire", "freeze_worth"):
        reader.of(stated.get(name), bool)
    try:
        steering = SteeringSubsystem([module for module, _ in read], **stated)
    except UserError:
        raise
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise UserError(f"the file's steering subsystem cannot be put together: {reason(error)}") from error
    _restore(steering, [state for _, state in read], reader.entries(lately), reader)
    return steering


def _restore(steering: SteeringSubsystem, states: list[dict[str, Any]], lately: dict[str, Any], reader: Reader) -> None:
    stage, n = (reader.of(lately.get(name), int) for name in ("stage", "n"))
    frozen = reader.of(lately.get("frozen"), np.ndarray)
    if not 0 <= stage < max(len(steering.stages), 1) or frozen.shape != steering.frozen.shape:
        raise DamagedError("its steering subsystem is in no stage that there is")
    most = WORLDS.check(n, f"{reader.names.source.where}: its parallel worlds") if n else 0
    steering.stage, steering.n, steering.frozen = stage, int(most), frozen
    for module, state in zip(steering.modules.values(), states, strict=True):
        if type(module).load_state_dict is not RewardModule.load_state_dict and n:
            module.bind(n)  # it may put its state into what it allocates there
        module.load_state_dict(state)


def _write_schedule(writer: Writer, schedule: Any) -> Any:
    if isinstance(schedule, FloatSchedule):
        return ["float", writer.write(schedule.value_schedule)]
    names = ("val",) if isinstance(schedule, ConstantSchedule) else ("start", "end", "end_fraction")
    return [type(schedule).__name__, [writer.write(getattr(schedule, name)) for name in names]]


def _read_schedule(reader: Reader, payload: Any) -> Any:
    name, written = reader.parts(payload, str, (list, dict, *NUMBER))
    if name == "float":
        inner = reader.read(written)
        if not (callable(inner) and not isinstance(inner, type)):
            raise DamagedError("a schedule in it is none")
        return FloatSchedule(inner)
    numbers = [reader.of(reader.read(number), (*NUMBER, np.number)) for number in reader.of(written, list)]
    schedules = {("ConstantSchedule", 1): ConstantSchedule, ("LinearSchedule", 3): LinearSchedule}
    if (name, len(numbers)) not in schedules:
        raise DamagedError("a schedule in it is none")
    return schedules[name, len(numbers)](*numbers)


def _write_moments(writer: Writer, moments: RunningMeanStd) -> Any:
    return [writer.write(value) for value in (moments.mean, moments.var, moments.count)]


def _read_moments(reader: Reader, payload: Any) -> RunningMeanStd:
    mean, variance, count = (reader.read(value) for value in reader.of(payload, list)[:3])
    made = RunningMeanStd()
    made.mean, made.var = (reader.of(value, (np.ndarray, np.floating, float)) for value in (mean, variance))
    made.count = reader.of(count, (*NUMBER, np.number))
    return made


def _write_normaliser(writer: Writer, normaliser: VecNormalize) -> Any:
    return [name_of(type(normaliser)), writer.entries(state_of(normaliser))]


def _read_normaliser(reader: Reader, payload: Any) -> VecNormalize:
    name, written = reader.parts(payload, str, dict)
    cls = reader.names.find(
        name, "a VecNormalize", lambda found: isinstance(found, type) and issubclass(found, VecNormalize), parts=True
    )
    return made_of(cls, reader.entries(written))


KINDS: tuple[Kind, ...] = (
    Kind("drive", lambda value: isinstance(value, RewardModule), _write_drive, _read_drive),
    Kind("steering", exactly(SteeringSubsystem), _write_steering, _read_steering),
    Kind("schedule", exactly(FloatSchedule, ConstantSchedule, LinearSchedule), _write_schedule, _read_schedule),
    Kind("moments", exactly(RunningMeanStd), _write_moments, _read_moments),
    Kind("normaliser", lambda value: isinstance(value, VecNormalize), _write_normaliser, _read_normaliser),
    SPACE,
    *BASIC,
    OBJECT,
)
"""All kinds of values that a model file may hold, the first that fits a value being its own."""
