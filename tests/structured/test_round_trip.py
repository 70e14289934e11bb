"""Configurations and steering files there and back, for every registered drive and whatever hypothesis writes."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_args, get_origin

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dualbrain import RewardModule, Signal, Stage, SteeringSubsystem, read_steering, registry, write_steering
from dualbrain.errors import UserError
from dualbrain.heads.options import AssessorOptions
from dualbrain.runs.build import _gist, completed
from dualbrain.runs.config import EvaluationConfig, RunConfig, to_toml
from dualbrain.steering.file import ModuleConfig, compose, config_of
from dualbrain.steering.load_module import load_module
from dualbrain.structured.annotations import kinds_of
from dualbrain.structured.equality import equal
from dualbrain.structured.tables import dump_toml, from_dict, parse_toml, to_dict

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
INTEGERS = st.integers(-(2**70), 2**70)
VALID: dict[tuple[str, str], st.SearchStrategy[Any]] = {
    ("homeostasis", "setpoints"): st.tuples(st.floats(0, 1)),
    ("homeostasis", "m"): st.floats(1, 9),
    ("homeostasis", "n"): st.floats(1, 9),
    ("homeostasis", "needs"): st.lists(st.text("ab", min_size=1), min_size=1, max_size=3, unique=True).map(tuple),
    ("curiosity", "sense"): st.text("ab", min_size=1),
    ("surprise", "sense"): st.text("ab", min_size=1),
}
"""Parameters that a drive itself holds to a range, or to names of senses."""
PLAIN = {float: NUMBERS, int: INTEGERS, bool: st.booleans(), str: st.text("ab")}
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | st.floats() | st.text("python: (1,)ä\n\x7f"),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(".$ab"), inner),
    max_leaves=6,
)
TABLES = st.dictionaries(st.text("abc", min_size=1), VALUES, max_size=4)


def of_kind(kind: Any) -> st.SearchStrategy[Any]:
    if get_origin(kind) is tuple:
        return st.lists(of_kind(get_args(kind)[0]), min_size=1, max_size=3).map(tuple)
    return PLAIN[get_args(kind)[0] if get_args(kind) else kind]


@pytest.mark.parametrize("name", registry.modules())
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_a_registered_drive_comes_back(name: str, data: st.DataObject):
    cls = load_module(name)
    names = [each.name for each in fields(cls) if each.name != "name"]
    drawn = {each: data.draw(VALID.get((name, each), of_kind(kinds_of(cls)[each])), each) for each in names}
    steering = SteeringSubsystem([cls(**drawn)])
    table = config_of(steering)
    tables = parse_toml(dump_toml(to_dict(table)), "")
    again = compose(from_dict(type(table), tables, ""), "")
    assert equal(_gist(again), _gist(steering))


CONFIGS = st.builds(
    RunConfig,
    env=st.just("CartPole-v1"),
    total_timesteps=st.integers(1, 10**9),
    n_envs=st.integers(1, 100),
    seed=st.integers(0, 2**32 - 1),
    time_limit=st.none() | st.floats(1e-6, 1e9),
    thought_cap=st.floats(0, 1e3),
    gym_packages=st.lists(st.text("ab")).map(tuple),
    env_kwargs=TABLES,
    hyperparams=TABLES,
    assessors=st.builds(AssessorOptions, tau=st.floats(1e-6, 1), batch_size=st.none() | st.integers(1, 99)),
    evaluation=st.builds(EvaluationConfig, freq=st.integers(0, 10**9), deterministic=st.booleans()),
    modules=st.dictionaries(
        st.text("ab", min_size=1), st.builds(ModuleConfig, st.just("x"), NUMBERS, TABLES), max_size=2
    ),
    weights=st.dictionaries(st.text("a."), NUMBERS, max_size=2),
    stages=st.lists(
        st.builds(
            Stage,
            st.text("ab"),
            st.none() | st.integers(1, 10**9),
            st.none() | st.lists(st.text("a")).map(tuple),
            st.dictionaries(st.text("a."), NUMBERS, max_size=2),
        ),
        max_size=2,
    ).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(CONFIGS)
def test_a_configuration_comes_back(config: RunConfig):
    assert equal(from_dict(RunConfig, parse_toml(to_toml(config), ""), ""), config)


@dataclass
class Band(RewardModule):
    """A drive with parameters of every kind, one of which it keeps as an array."""

    limits: list[float] = field(default_factory=lambda: [0.0, 1.0])
    pair: tuple[float, float] = (0.0, 1.0)
    limit: float | None = 3.0
    anything: Any = (1, (None,))
    table: dict[str, float] = field(default_factory=dict)
    grid: np.ndarray = field(default_factory=lambda: np.zeros((2, 2), np.float32))
    nothing: float = float("-inf")
    emits = (Signal("inside"),)

    def __post_init__(self) -> None:
        self.limits = np.asarray(self.limits)  # type: ignore[assignment]

    def truth(self, extrinsic_reward):
        return {"inside": extrinsic_reward * 0.0}


BAND = f"{Band.__module__}:Band"


def test_every_parameter_of_a_drive_stands_in_the_configuration():
    given = {"limits": [0.25, 7.0], "limit": None, "anything": {1: 2}}
    config = completed(RunConfig("CartPole-v1", modules={"band": ModuleConfig(BAND, params=given)}), "it")
    tables = parse_toml(to_toml(config), "")
    assert equal(completed(from_dict(RunConfig, tables, ""), "it"), config)
    assert tables["modules"]["band"]["params"]["pair"] == [0.0, 1.0]
    drives = [compose(each, "") for each in (config, from_dict(RunConfig, tables, ""))]
    assert equal(_gist(drives[0]), _gist(drives[1]))
    assert drives[1].modules["band"].parameters["anything"] == {1: 2}
    assert drives[1].modules["band"].parameters["limit"] is None


def test_arrays_and_none_in_a_steering_file(tmp_path: Path):
    steering = SteeringSubsystem([Band([0.5], limit=None, grid=np.arange(3))])
    write_steering(steering, tmp_path / "my.toml")
    assert equal(_gist(read_steering(tmp_path / "my.toml")), _gist(steering))


def test_drives_that_differ_in_an_array_differ():
    assert not equal(*(_gist(SteeringSubsystem([Band(limits)])) for limits in ([0.0, 1.0], [0.0, 2.0])))


@dataclass
class Doubling(Band):
    """Is another drive when it is made of its own parameters."""

    nothing: float = 1.0

    def __post_init__(self) -> None:
        self.nothing *= 2


def test_a_drive_that_would_be_read_as_another_is_refused(tmp_path: Path):
    with pytest.raises(UserError, match=r"module 'doubling' cannot be written .* nothing would be 4\.0, not 2\.0"):
        write_steering(SteeringSubsystem([Doubling()]), tmp_path / "my.toml")


@dataclass
class Choosy(Band):
    """Has a parameter that no file can hold."""

    limits: Any = field(default_factory=lambda: {0.0, 1.0})

    def __post_init__(self) -> None:
        pass


def refused(**settings: Any) -> str:
    with pytest.raises(UserError) as raised:
        completed(RunConfig("CartPole-v1", **settings), "it")
    return str(raised.value)


def test_what_the_configuration_cannot_hold_is_refused_by_name():
    modules = {"band": ModuleConfig(f"{Choosy.__module__}:Choosy")}
    assert refused(modules=modules) == "module 'band': parameter 'limits' is a set, which config.toml cannot hold"
    said = refused(env_kwargs={"size": (1, {2})})
    assert said == "keyword argument of the world 'size' is a set, which config.toml cannot hold"
    said = refused(hyperparams={"policy_kwargs": {"optimizer_kwargs": {"betas": {1}}}})
    assert said.startswith("hyperparameter 'policy_kwargs.optimizer_kwargs.betas' is a set")


def test_the_documented_values_are_read():
    page = (Path(__file__).parents[2] / "docs" / "steering_files.md").read_text(encoding="utf-8")
    block = page.partition("    [env_kwargs]")[2].partition("\n\n")[0]
    read = parse_toml("[env_kwargs]" + block.replace("\n    ", "\n"), "")["env_kwargs"]
    wanted = {"limit": None, "size": (4, 5), "table": {1: "a"}, "grid": np.array([[1.0, 2.0]], np.float32)}
    assert equal(read, {**wanted, "folder": Path("maps"), "shape": np.tanh, "name": "python: is text here"})
