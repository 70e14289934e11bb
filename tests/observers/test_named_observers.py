"""Observers that a run is given beside the algorithm's own: by name, or as objects among the callbacks."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from agents import DualBrainPPO
from agents.sb3_bridge import split_callbacks
from dualbrain.errors import UserError
from dualbrain.observers.named import load_observer
from dualbrain.training.observer import Observer
from dualbrain.training.rollout import Rollout


class Counting(Observer):
    """Counts steps and rollouts."""

    def __init__(self) -> None:
        self.steps, self.rollouts = 0, 0

    def on_step(self, step: object) -> None:
        self.steps += 1

    def on_rollout(self, rollout: Rollout, step: int) -> Mapping[str, float]:
        self.rollouts += 1
        return {"mine/rows": float(rollout.world_reward.size)}


class Demanding(Observer):
    """Is not made without being told what for."""

    def __init__(self, what: str):
        self.what = what


def test_an_observer_among_the_callbacks_looks_on():
    """Three rollouts of 16 steps of 2 agents."""
    mine = Counting()
    agent = DualBrainPPO("BrainPolicy", "CartPole-v1", steering="extrinsic", n_envs=2, n_steps=16, batch_size=32)
    agent.learn(3 * 32, [mine])
    assert (mine.steps, mine.rollouts) == (48, 3)


def test_callbacks_and_observers_are_told_apart():
    mine = Counting()
    observers, callbacks = split_callbacks([mine, lambda given, state: True])
    assert observers == [mine]
    assert len(callbacks) == 1
    assert split_callbacks(None)[0] == []


def test_an_observer_has_a_name_or_a_path():
    assert type(load_observer(f"{__name__}:Counting")) is Counting
    with pytest.raises(UserError, match="unknown observer 'scalrs'"):
        load_observer("scalrs")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Rollout", "is no observer: it must be a class derived from"),
        ("Demanding", "cannot be made: TypeError: .*what"),
    ],
)
def test_what_is_none_is_refused_in_a_line(name: str, says: str):
    with pytest.raises(UserError, match=says) as raised:
        load_observer(f"{__name__}:{name}")
    assert "\n" not in str(raised.value)
