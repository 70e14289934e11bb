"""Elders: what is taken down of a life in company, how it is judged, and the whole of it on a tiny budget."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dualbrain.lab.verdict import ExperimentResult, Verdict
from envs.vector import VectorWorld
from experiments.social import elders
from tests.envs.lives import make
from tests.lab.judging import judged

NAME = "dualbrain/Elder-v0"


def made_up(on: float, off: float, asocial: float) -> ExperimentResult:
    """Judge two seeds, the whole recipe and the easier one alike."""
    steps = dict(zip(elders.CONDITIONS, (on, off, asocial), strict=True))
    whole = {name: {"first success": np.array([0.9 * mean, 1.1 * mean])} for name, mean in steps.items()}
    return judged(elders.ELDERS, whole | {elders.easy(name): runs for name, runs in whole.items()})


def test_halved_steps_pass() -> None:
    assert made_up(on=50.0, off=90.0, asocial=100.0).verdict is Verdict.PASS


@pytest.mark.parametrize(("on", "off"), [(51.0, 90.0), (20.0, 40.0), (100.0, 100.0)])
def test_more_than_half_fails_and_so_does_a_control_that_does_as_well(on: float, off: float) -> None:
    assert made_up(on, off, asocial=100.0).verdict is Verdict.FAIL


def test_the_control_is_held_against_the_asocial_agent() -> None:
    assert made_up(on=20.0, off=40.0, asocial=100.0).failed_controls == ()
    assert made_up(on=20.0, off=51.0, asocial=100.0).failed_controls == ("drives off",)


def test_progress_counts_stations() -> None:
    assert elders.progress(make(NAME, 1)).tolist() == [0, 1, 2, 3, 4, 5, 6, 0]
    assert elders.progress(make(NAME, 1, stations=1)).tolist() == [0, 1, 2, 0]


def beside(away: int) -> bool:
    """Return whether an agent so many columns from the elder counts as near."""
    world = make(NAME, 1)
    world.reset(seed=0)
    world.put("bean elder", (6, 6))
    world.put("agent", (6, 6 + away))
    return bool(elders.near_elder(world)[0])


def test_near_is_within_two_cells() -> None:
    assert [beside(away) for away in range(4)] == [True, True, True, False]


def test_nobody_is_near_an_elder_who_is_not_there() -> None:
    assert not elders.near_elder(make(NAME, 3, **elders.ALONE)).any()


def tell(chronicle: elders.Chronicle, world: VectorWorld, step: int, feasts: list[float], dones: list[bool]) -> None:
    world.transition_senses = {"feasted": np.array(feasts, np.float32)}
    env = SimpleNamespace(get_attr=lambda *_: [world])
    agent: Any = SimpleNamespace(num_timesteps=step, get_env=lambda: env)
    assert chronicle({"self": agent, "dones": np.array(dones)}, {})


def test_a_life_is_taken_down() -> None:
    world, chronicle = make(NAME, 2, **elders.ALONE), elders.Chronicle(100, 2)
    world.state.hand[:] = [1, 3]
    tell(chronicle, world, 60, [0.0, 1.0], [False, False])
    tell(chronicle, world, 70, [1.0, 0.0], [False, False])
    world.state.hand[:] = [0, 7]
    tell(chronicle, world, 80, [0.0, 1.0], [True, True])
    assert chronicle.measures == {
        "succeeded": 1.0,
        "first success": 60.0,
        "per 1000": 500.0,
        "near": 0.0,
        "furthest": 2.0,
        "ever": 3.0,
    }


def test_without_success_the_budget_counts() -> None:
    assert elders.Chronicle(100).measures["first success"] == 100.0
    assert elders.Chronicle(100).measures["succeeded"] == 0.0


def test_the_whole_of_it_on_a_tiny_budget() -> None:
    one = elders.ELDERS.outcome(0, 512)
    assert list(one) == [*elders.CONDITIONS, *map(elders.easy, elders.CONDITIONS)]
    assert one["asocial"]["near"] == 0.0
    near: Any = one["drives on"]["near"]
    assert near > 0.0
