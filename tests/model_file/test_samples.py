"""Files of every format that was ever written are read: their samples stay in this folder."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import gymnasium
import numpy as np
import pytest
from stable_baselines3.common.vec_env import DummyVecEnv, VecNormalize

from agents import DualBrainPPO
from dualbrain.model_file.archive import FORMAT
from tests.model_file.make_sample import answers, sample


def same(one: Any, other: Any) -> bool:
    """Return whether two answers are the same, but for what another processor rounds otherwise."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, (list, float)) and not (isinstance(one, list) and any(isinstance(each, str) for each in one)):
        return bool(np.allclose(one, other, rtol=1e-4, atol=1e-5))
    return bool(one == other)


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_it_answers_as_it_did_and_learns_on(number):
    model, told = sample(number)
    agent = DualBrainPPO.load(model, device="cpu")
    expected = json.loads(told.read_text(encoding="utf-8"))
    assert {name: same(value, answers(agent)[name]) for name, value in expected.items()} == dict.fromkeys(
        expected, True
    )
    world = VecNormalize(DummyVecEnv([partial(gymnasium.make, "CartPole-v1")] * 2))
    grown = DualBrainPPO.load(model, world, device="cpu").learn(32, reset_num_timesteps=False)
    assert grown.num_timesteps == expected["steps"] + 32
