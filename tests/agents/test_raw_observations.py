"""A brain reads observations as the world gives them: what it does not read is left out, what it lacks is named."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest
from stable_baselines3.common.evaluation import evaluate_policy

from agents import DualBrainPPO
from agents.policy import BrainPolicy
from dualbrain import UserError

WORLD = "MiniGrid-Empty-5x5-v0"


@pytest.fixture(scope="module")
def agent() -> DualBrainPPO:
    """An untrained one that reads image and direction, not the mission."""
    return DualBrainPPO("BrainPolicy", WORLD, steering=["extrinsic"], n_steps=16, batch_size=16, seed=0, device="cpu")


@pytest.fixture
def raw() -> dict[str, Any]:
    obs: dict[str, Any] = gymnasium.make(WORLD).reset(seed=0)[0]
    return obs


def test_text_and_other_parts_are_left_out(agent: DualBrainPPO, raw: dict[str, Any]):
    read = {key: raw[key] for key in ("image", "direction")}
    more = {**raw, "humidity": np.ones(3), "note": "wet"}
    assert "mission" in raw
    for given in (raw, more):
        assert agent.predict(given, deterministic=True) == agent.predict(read, deterministic=True)
        assert agent.assess(given)["valence"] == agent.assess(read)["valence"]


def test_a_part_that_is_missing_is_named(agent: DualBrainPPO, raw: dict[str, Any]):
    del raw["direction"]
    with pytest.raises(UserError, match="the observation lacks direction: the brain reads direction, image"):
        agent.predict(raw)


def test_evaluate_policy_takes_the_world_as_it_is(agent: DualBrainPPO):
    mean, _ = evaluate_policy(agent, gymnasium.make(WORLD, max_steps=5), 1, warn=False)
    assert mean == 0.0


@pytest.mark.parametrize("name", ["MlpPolicy", "CnnPolicy", "MultiInputPolicy", "Nonsense"])
def test_policies_of_other_algorithms(name: str):
    with pytest.raises(UserError, match=f"unknown policy '{name}': the policy of a brain is 'BrainPolicy'"):
        DualBrainPPO(name, "CartPole-v1", steering=["extrinsic"])


def test_a_policy_class_that_is_no_brain():
    with pytest.raises(UserError, match="must be 'BrainPolicy' or a class derived from it"):
        DualBrainPPO(BrainPolicy.__bases__[0], "CartPole-v1", steering=["extrinsic"])
