"""MO-Gymnasium: every component of the vector reward is a sense, and the score is a number again."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from agents import DualBrainPPO
from dualbrain import SteeringSubsystem, SteeringVecEnv
from dualbrain.cli.parsing import parse_modules
from dualbrain.steering.load_module import load_module
from dualbrain.testing import check_module
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.single_env import adapt, make
from reward_modules import component
from tests.adapters.worlds import check_door, needs

needs("mo_gymnasium", "mo-gymnasium")

TABULAR = ("deep-sea-treasure-v0", "resource-gathering-v0", "four-room-v0", "fishwood-v0", "breakable-bottles-v0")


@pytest.mark.parametrize("env_id", [*TABULAR, "fruit-tree-v0", "minecart-deterministic-v0", "mo-mountaincar-v0"])
def test_the_door_changes_nothing_but_adds_up(env_id):
    from mo_gymnasium.utils import make as bare

    check_door(env_id, lambda: bare(env_id), score=lambda vector: float(np.asarray(vector, float).sum()))


def test_components_by_name():
    env = make("deep-sea-treasure-v0")
    assert env.reset(seed=0)[1]["senses"] == {"treasure": 0.0, "time": 0.0}
    *_, info = env.step(1)  # down, onto the first treasure
    assert info["senses"] == {"treasure": pytest.approx(0.7), "time": -1.0}
    np.testing.assert_allclose(info["vector_reward"], [0.7, -1.0], rtol=1e-6)
    assert list(make("mo-mountaincar-v0").get_wrapper_attr("senses")) == ["objective_0", "objective_1", "objective_2"]


def test_weights_of_drives_are_weights_of_objectives():
    weights = {"treasure": 2.0, "time": 0.1}
    steering = SteeringSubsystem([component(name) for name in weights], weights)
    venv = SteeringVecEnv(make_vec_env("deep-sea-treasure-v0", 2, 0), steering)
    venv.reset()
    _, reward, dones, _ = venv.step(np.array([1, 3]))
    np.testing.assert_allclose(reward, [2 * 0.7 - 0.1, -0.1], rtol=1e-6)
    assert dones.tolist() == [True, False]


def test_a_component_is_a_drive_like_any_other():
    check_module(component("gold"))
    assert component("gold") is component("gold") is load_module("reward_modules.components:gold")
    assert pickle.loads(pickle.dumps(component("gold")())) == component("gold")()


def test_components_on_the_command_line():
    tables = parse_modules("reward_modules.components:treasure:2,reward_modules.components:time")
    assert tables == {
        "treasure": {"module": "reward_modules.components:treasure", "weight": 2.0},
        "time": {"module": "reward_modules.components:time", "weight": 1.0},
    }


def test_a_saved_brain_keeps_its_components(tmp_path):
    world, drives = "resource-gathering-v0", (component("gold")(), "extrinsic")
    agent: Any = DualBrainPPO("BrainPolicy", world, n_envs=2, steering=drives, n_steps=32, seed=0)
    agent.learn(64)
    agent.save(tmp_path / "brain")
    again = DualBrainPPO.load(tmp_path / "brain", env=make_vec_env("resource-gathering-v0", 2))
    assert list(again.steering.signals) == ["gold.reward", "extrinsic.reward"]
    again.learn(64)


def test_a_reward_that_is_one_number_already_stays_so():
    from mo_gymnasium.utils import make as bare
    from mo_gymnasium.wrappers.wrappers import LinearReward

    env = adapt(LinearReward(bare("deep-sea-treasure-v0"), np.array([0.5, 0.25])))
    _, info = env.reset(seed=0)
    assert info["senses"] == {"treasure": 0.0, "time": 0.0}
    _, reward, _, _, info = env.step(1)
    assert reward == pytest.approx(0.5 * info["senses"]["treasure"] + 0.25 * info["senses"]["time"])
    assert info["senses"]["time"] == -1.0
