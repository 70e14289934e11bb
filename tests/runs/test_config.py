"""Configuration to TOML and back."""

from __future__ import annotations

import tomllib
from dataclasses import fields, replace

import pytest

from dualbrain.errors import UserError
from dualbrain.runs.build import recipe
from dualbrain.runs.config import RunConfig, to_toml
from dualbrain.runs.recipes import BY_WORLD
from dualbrain.steering.file import ModuleConfig
from dualbrain.steering.stages import Stage
from dualbrain.structured.tables import from_dict, merge

FULL = RunConfig(
    "CartPole-v1",
    time_limit=1.5,
    gym_packages=("one", "two"),
    hyperparams={"gamma": 0.9, "policy_kwargs": {"net_arch": [8, 8]}},
    modules={"fear": ModuleConfig("flinch", 2.0, {"threshold": 0.4})},
    weights={"fear.flinch": 3.0},
    stages=(Stage("young", 10, ("fear",), {"fear": 0.5}, {"fear.flinch": 0.0}), Stage("mute", 20, ()), Stage("old")),
    cut_wire=True,
)


def test_there_and_back_again():
    assert from_dict(RunConfig, tomllib.loads(to_toml(FULL)), "") == FULL


def test_none_is_left_out_and_comes_back():
    config = replace(FULL, time_limit=None)
    assert "time_limit" not in to_toml(config)
    assert from_dict(RunConfig, tomllib.loads(to_toml(config)), "") == config


@pytest.mark.parametrize(("value", "accepted"), [(1, True), (1.5, True), (True, False), ("1", False)])
def test_a_number_is_a_number(value: object, accepted: bool):
    tables = {"env": "X", "thought_cap": value}
    if accepted:
        assert from_dict(RunConfig, tables, "").thought_cap == value
    else:
        with pytest.raises(UserError, match="must be a number"):
            from_dict(RunConfig, tables, "")


@pytest.mark.parametrize("env", ["CartPole-v1", "MiniGrid-DoorKey-5x5-v0", "dualbrain/Forage-v0", "MountainCar-v0"])
def test_every_recipe_is_a_configuration(env: str):
    config = from_dict(RunConfig, merge({"env": env}, recipe(env)), "")
    rows = config.n_envs * config.hyperparams["n_steps"]
    assert rows % config.hyperparams["batch_size"] == 0


def test_recipes_know_only_what_a_configuration_knows():
    known = {field.name for field in fields(RunConfig)}
    assert all(table.keys() <= known for table in BY_WORLD.values())
