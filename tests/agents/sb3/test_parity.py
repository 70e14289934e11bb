"""With one drive an algorithm is that of Stable-Baselines3, bit for bit, with assessors beside it or without."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from stable_baselines3.common.base_class import BaseAlgorithm

from agents.steered import Steered
from reward_modules import Extrinsic
from tests.agents.sb3.algorithms import CASES, worlds

STEPS = 120


def reference(name: str, n_envs: int) -> BaseAlgorithm:
    case = CASES[name]
    return case.theirs("MlpPolicy", worlds(name, n_envs), seed=3, **case.settings).learn(STEPS)


def steered(name: str, n_envs: int, **settings: Any) -> Steered:
    case = CASES[name]
    given = {**case.settings, "steering": [Extrinsic()], "window": 32, "seed": 3, **settings}
    return case.ours("auto", worlds(name, n_envs), **given).learn(STEPS)


def same(one: BaseAlgorithm, other: BaseAlgorithm) -> bool:
    """Whether every parameter and every moment of the algorithms' optimizers is equal."""
    ours, theirs = one.get_parameters(), other.get_parameters()
    return all(_equal(part, theirs[name]) for name, part in ours.items() if name in theirs)


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_equal(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return torch.equal(one, other) if isinstance(one, torch.Tensor) else bool(one == other)


@pytest.mark.parametrize("n_envs", [1, 3])
@pytest.mark.parametrize("name", CASES)
def test_with_one_drive_it_is_the_algorithm_bit_for_bit(name: str, n_envs: int):
    theirs = reference(name, n_envs)
    assert same(theirs, steered(name, n_envs, assessors=False))
    assert same(theirs, steered(name, n_envs))


def test_the_comparison_notices_another_seed():
    assert not same(reference("a2c", 1), steered("a2c", 1, seed=4))


def test_a_replay_buffer_holds_the_same():
    theirs, ours = reference("dqn", 2), steered("dqn", 2)
    for kept in ("observations", "actions", "rewards", "dones"):
        here, there = (vars(vars(agent)["replay_buffer"])[kept] for agent in (ours, theirs))
        assert np.array_equal(here, there), kept
