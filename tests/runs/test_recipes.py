"""Recipes are an algorithm's own: keyed by algorithm and world, and never in the way of another's arguments."""

from __future__ import annotations

from typing import Any

import pytest
from stable_baselines3.common.vec_env import VecEnv

from agents.sb3.a2c import SteeredA2C
from dualbrain.errors import UserError
from dualbrain.registry import load_agent
from dualbrain.runs.build import completed, recipe
from dualbrain.runs.config import RunConfig
from dualbrain.runs.recipes import BY_ALGORITHM
from dualbrain.structured.tables import from_dict, merge
from tests.agents.sb3.test_contract import PATHS

WORLDS = ("CartPole-v1", "Pendulum-v1", "MiniGrid-Empty-5x5-v0", "dualbrain/Forage-v0", "CrafterReward-v1")


def config(env: str, algo: str) -> RunConfig:
    asked: RunConfig = from_dict(RunConfig, merge({"env": env, "algo": algo}, recipe(env, algo)), "")
    return completed(asked, "")


@pytest.mark.parametrize("algo", [*PATHS.values(), "agents.sb3.a2c:SteeredA2C"])
def test_every_recipe_is_a_configuration_of_its_algorithm(algo: str):
    for env in WORLDS:
        assert config(env, algo).policy == "auto"


def test_numbers_are_the_algorithms_own():
    dqn = config("CartPole-v1", PATHS["dqn"])
    assert dqn.total_timesteps == 50_000
    assert dqn.hyperparams["exploration_fraction"] == 0.16
    assert dqn.hyperparams["exploration_initial_eps"] == 1.0
    assert "n_epochs" not in dqn.hyperparams
    assert recipe("CartPole-v1")["hyperparams"]["n_epochs"] == 20


def test_every_recipe_is_of_an_algorithm_that_there_is():
    found = {load_agent(path).__mro__[2:] for path in [*PATHS.values(), "agents.sb3.a2c:SteeredA2C"]}
    names = {each.__name__.lower() for ancestors in found for each in ancestors}
    assert {name for name in BY_ALGORITHM if name != "ppo"} <= names


class Frugal(SteeredA2C):
    """Takes no coefficient of entropy."""

    def __init__(
        self,
        policy: Any = "auto",
        env: VecEnv | None = None,
        *,
        steering: Any = (),
        n_steps: int = 5,
        assessors: Any = True,
        seed: int | None = None,
        device: str = "auto",
        _init_setup_model: bool = True,
    ):
        given = {"n_steps": n_steps, "assessors": assessors, "seed": seed, "device": device}
        super().__init__(policy, env, steering=steering, _init_setup_model=_init_setup_model, **given)


def test_an_algorithm_of_the_users_takes_over_what_it_has_arguments_for():
    here = f"{__name__}:Frugal"
    assert recipe("dualbrain/Forage-v0", here)["hyperparams"] == {"n_steps": 16}
    assert config("dualbrain/Forage-v0", here).hyperparams == {"n_steps": 16}


def test_a_key_that_the_algorithm_lacks_is_refused():
    stated = {"env": "CartPole-v1", "algo": PATHS["dqn"], "hyperparams": {"n_epochs": 4}}
    with pytest.raises(UserError, match="unknown key 'n_epochs'"):
        completed(from_dict(RunConfig, stated, ""), "")
