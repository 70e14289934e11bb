"""Elders: what is taken down of a life in company, how it is judged, and the whole of it on a tiny budget."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from envs.vector import VectorWorld
from experiments import elders
from experiments.protocol import Found
from tests.envs.lives import make

NAME = "dualbrain/Elder-v0"


def found(on: float, off: float, asocial: float, succeeded: float = 1.0) -> Found:
    """Return made-up outcomes of two seeds, the whole recipe and the easier one alike."""
    steps = dict(zip(elders.CONDITIONS, (on, off, asocial), strict=True))
    rest = dict.fromkeys(("per 1000", "near", "furthest", "ever"), np.array([1.0, 2.0]))
    whole = {
        name: {"first success": np.array([0.9 * mean, 1.1 * mean]), "succeeded": np.full(2, succeeded)} | rest
        for name, mean in steps.items()
    }
    return whole | {elders.easy(name): runs for name, runs in whole.items()}


def test_halved_steps_pass() -> None:
    assert elders.verdict(found(on=50.0, off=90.0, asocial=100.0)).startswith("PASS")


@pytest.mark.parametrize(("on", "off"), [(51.0, 90.0), (20.0, 40.0), (100.0, 100.0)])
def test_more_than_half_fails_and_so_does_a_control_that_does_as_well(on: float, off: float) -> None:
    told = elders.verdict(found(on, off, asocial=100.0))
    assert told.startswith("FAIL")
    assert "waits for a cortex" in told
    assert "nobody succeeded" not in told


def test_the_verdict_says_if_nobody_succeeded() -> None:
    assert "nobody succeeded" in elders.verdict(found(100.0, 100.0, 100.0, succeeded=0.0))


def test_the_report_has_a_row_for_each_condition() -> None:
    rows = elders.report(found(50.0, 90.0, 100.0)).splitlines()
    assert len([row for row in rows if row.startswith("| ")]) == 2 + 2 * len(elders.CONDITIONS)
    assert "| drives on | 50 (45 to 55) | 0.5 (" in rows[2]
    assert "2 of 2" in rows[2]


def test_progress_counts_stations() -> None:
    assert elders.progress(make(NAME, 1)).tolist() == [0, 1, 2, 3, 4, 5, 6, 0]
    assert elders.progress(make(NAME, 1, stations=1)).tolist() == [0, 1, 2, 0]


def beside(away: int) -> bool:
    """Return whether an agent so many columns from the elder counts as near."""
    world = make(NAME, 1)
    world.reset(seed=0)
    middle = int(np.flatnonzero((world.tables.row == 9) & (world.tables.column == 9))[0])
    world.state.society.person["cell"][:, 0] = middle
    world.state.agent[:] = middle + away
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


def test_a_life_is_taken_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elders, "N_ENVS", 2)
    world, chronicle = make(NAME, 2, **elders.ALONE), elders.Chronicle(100)
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


def test_the_whole_of_it_on_a_tiny_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elders, "N_ENVS", 8)
    one = elders.run(seed=0, steps=512)
    assert list(one) == [*elders.CONDITIONS, *map(elders.easy, elders.CONDITIONS)]
    assert one["asocial"]["near"] == 0.0
    assert one["drives on"]["near"] > 0.0
