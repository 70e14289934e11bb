"""Scripted experts are found by the id of their world, without knowing where they are."""

from __future__ import annotations

import pytest

from dualbrain import UserError
from dualbrain.registry import expert_of
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.probes import probes_of

WORLD = "dualbrain/Warehouse-v0"


def test_an_expert_plays_the_world_that_it_is_of():
    venv = make_vec_env(WORLD, 3, seed=0)
    action = expert_of(WORLD)(probes_of(venv).layout, 3, 0).act(venv.reset())
    assert action.shape == (3,)
    assert all(venv.action_space.contains(each) for each in action)


@pytest.mark.parametrize(
    ("world", "says"),
    [
        ("CartPole-v1", "unknown package of experts.*'CartPole-v1'.*dualbrain/"),
        ("mine/Tides-v0", "unknown package of experts.*'mine/Tides-v0'"),
        ("dualbrain/Warehose-v0", "unknown expert.*did you mean 'dualbrain/Warehouse-v0'"),
    ],
)
def test_a_world_without_an_expert_is_refused(world: str, says: str):
    with pytest.raises(UserError, match=says):
        expert_of(world)
