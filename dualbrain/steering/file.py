"""A steering subsystem as plain tables: a TOML file of its own, or part of a run's configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any

from dualbrain.errors import UserError, unknown
from dualbrain.files.atomic_write import atomic_write
from dualbrain.files.text import write_text
from dualbrain.origin import reason
from dualbrain.registry import modules
from dualbrain.steering.load_module import load_module
from dualbrain.steering.reward_module import RewardModule, module_name
from dualbrain.steering.stages import Stage
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.structured.annotations import kinds_of
from dualbrain.structured.equality import equal
from dualbrain.structured.literals import UnwritableError, encode
from dualbrain.structured.ranges import FINITE, THOUGHT_CAP, check_fields
from dualbrain.structured.reading import arguments, default_of, from_dict
from dualbrain.structured.tables import check_writable, dump_toml, plain, read_toml, to_dict

SETTINGS = ("module", "weight", "params")
"""Keys of a module's table that are no parameters of the module."""


@dataclass(frozen=True)
class ModuleConfig:
    """One drive of the steering subsystem: the table ``[modules.NAME]``."""

    module: str
    """Registered name, or dotted path ``package.module:Class``."""
    weight: Annotated[float, FINITE] = 1.0
    """Factor on all signals of the module; 0 still runs and is still predicted."""
    params: dict[str, Any] = field(default_factory=dict)
    """Fields of the module's dataclass."""

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, kw_only=True)
class SteeringConfig:
    """What a steering subsystem is made of: a steering file, and part of a run's configuration.

    Raises `UserError` for a number out of its range.
    """

    thought_cap: Annotated[float, THOUGHT_CAP] = 0.5
    """Upper bound on the reward from predictions, as a share of a signal's reach."""
    cut_wire: bool = False
    """Let every prediction read 0 to the drives and to the reward."""
    freeze_worth: bool = False
    """Let the worth of each signal stay what it was, on average, at the first step."""
    modules: dict[str, ModuleConfig] = field(default_factory=dict)
    """The drives in order, by the name each has in the steering subsystem."""
    weights: dict[str, Annotated[float, FINITE]] = field(default_factory=dict)
    """Factors by module name or full signal name; these win over those of the modules."""
    stages: tuple[Stage, ...] = ()
    """Development: stages by training step, in order."""

    def __post_init__(self) -> None:
        check_fields(self)


OPTIONS = tuple(each.name for each in fields(SteeringConfig) if each.name not in ("modules", "weights"))
"""Those that a `SteeringSubsystem` takes, and keeps, as they are."""


def read_steering(path: str | Path) -> SteeringSubsystem:
    """Build the steering subsystem that a TOML file describes: see `docs/steering_files.md`.

    Raises `UserError` for a mistake in it, in one line, with the nearest valid name.
    """
    return compose(read_config(path), str(path))


def write_steering(steering: SteeringSubsystem, path: str | Path) -> None:
    """Write a steering subsystem into a TOML file that `read_steering` understands, every parameter stated.

    Raises `UserError` where a file cannot say what it is made of, such as a class defined within a function.
    """
    text = dump_toml(_shorthand(to_dict(config_of(steering))))
    with atomic_write(Path(path)) as file:
        write_text(file, text)


def read_config(path: str | Path) -> SteeringConfig:
    """Read a steering file; the parameters of a drive may stand in its table, beside ``module`` and ``weight``."""
    tables = read_toml(Path(path))
    drives = tables.get("modules", {})
    if isinstance(drives, Mapping):
        tables = {**tables, "modules": {name: _longhand(name, given, str(path)) for name, given in drives.items()}}
    config = from_dict(SteeringConfig, tables, str(path))
    if not config.modules:
        raise UserError(f"{path} names no modules: write a table [modules] with at least one, as in hunger = {{}}")
    return config


def compose(config: SteeringConfig, where: str) -> SteeringSubsystem:
    """Compose drives and stages, ``where`` naming the source; raises `UserError` for a mistake."""
    drives = [build_module(name, table, where) for name, table in config.modules.items()]
    weights = {name: table.weight for name, table in config.modules.items()}
    options = {name: getattr(config, name) for name in OPTIONS}
    return SteeringSubsystem(drives, {**weights, **config.weights}, **options)


def build_module(name: str, table: ModuleConfig, where: str) -> RewardModule:
    """Build one drive; raises `UserError` for an unknown module or parameter, with the nearest."""
    try:
        module = from_dict(_drive(table.module), table.params, where, f"modules.{name}.params")
    except UserError:
        raise
    except ValueError as error:
        raise UserError(f"{where} [modules.{name}]: the module refuses its parameters: {reason(error)}") from error
    if module_name(module) != name:
        module.name = name
    return module


def completed_module(name: str, table: ModuleConfig, where: str) -> ModuleConfig:
    """Return the table with every parameter stated; raises `UserError` for one that a file cannot hold."""
    cls = _drive(table.module)
    given = arguments(cls, table.params, where, f"modules.{name}.params")
    kinds = kinds_of(cls)
    left = (each for each in fields(cls) if each.init and each.name not in (*given, "name"))
    stated = {**given, **{each.name: default_of(each) for each in left}}
    params = {key: plain(kinds[key], value) for key, value in stated.items()}
    check_writable(params, f"module '{name}': parameter")
    return replace(table, params=params)


def _drive(name: str) -> type[RewardModule]:
    cls = load_module(name)
    if not isinstance(cls, type):
        raise UserError(f"{name} is no reward module: it must be a class derived from RewardModule, not one drive")
    return cls


def _longhand(name: str, given: Any, where: str) -> dict[str, Any]:
    """Return the table of a module with its parameters gathered in ``params``."""
    place = f"{where} [modules]"
    if not isinstance(given, Mapping):
        raise UserError(f"{place}: '{name}' must be a table, as in {name} = {{ weight = 2.0 }}, not {given!r}")
    cls = _drive(str(given.get("module", name)))
    known = [*SETTINGS, *(each.name for each in fields(cls) if each.name not in (*SETTINGS, "name"))]
    for key in given:
        if key not in known:
            raise unknown("key", key, known, where=f" in {where} [modules.{name}]")
    beside = {key: value for key, value in given.items() if key not in SETTINGS}
    from_dict(cls, beside, where, f"modules.{name}")
    return {"module": name, **{key: given[key] for key in SETTINGS if key in given}, **_params(given, beside)}


def _params(given: Mapping[str, Any], beside: Mapping[str, Any]) -> dict[str, Any]:
    stated = given.get("params", {})
    return {"params": {**stated, **beside} if isinstance(stated, Mapping) else stated}


def _shorthand(tables: dict[str, Any]) -> dict[str, Any]:
    """Return tables whose modules hold their parameters directly, where these are not called like a setting."""
    for table in tables["modules"].values():
        params = table["params"]
        table["params"] = {key: params.pop(key) for key in SETTINGS if key in params}
        table.update(params)
        if not table["params"]:
            del table["params"]
    return tables


def config_of(steering: SteeringSubsystem) -> SteeringConfig:
    """Return the tables of a steering subsystem; raises `UserError` where there is no writing it down."""
    drives = {
        name: ModuleConfig(_path(name, module), params=_stated(name, module))
        for name, module in steering.modules.items()
    }
    options = {name: getattr(steering, name) for name in OPTIONS}
    return SteeringConfig(modules=drives, weights=dict(steering.weights), **options)


def _path(name: str, module: RewardModule) -> str:
    """Return the registered name of a module's class, or its dotted path."""
    cls = type(module)
    path = f"{cls.__module__}:{cls.__qualname__}"
    if "<locals>" in path or cls.__module__ == "__main__":
        raise UserError(f"module '{name}' cannot be written to a file: put its class {cls.__name__} into a module")
    return {registered: known for known, registered in modules().items()}.get(path, path)


def _stated(name: str, module: RewardModule) -> dict[str, Any]:
    """Return a module's parameters, from which a file makes the same module again."""
    kinds, own = kinds_of(type(module)), [each.name for each in fields(module) if each.init and each.name != "name"]
    params = {key: plain(kinds[key], getattr(module, key)) for key in own}
    refused = f"module '{name}' cannot be written to a file"
    for key, value in params.items():
        try:
            encode(value)
        except UnwritableError as error:
            raise UserError(f"{refused}: {key} is {error}") from error
    again = from_dict(type(module), params, refused)
    for key in own:
        if not equal(getattr(again, key), getattr(module, key)):
            raise UserError(f"{refused}: {key} would be {getattr(again, key)!r}, not {getattr(module, key)!r}")
    return params
