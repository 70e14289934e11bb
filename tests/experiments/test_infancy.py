"""Infancy: which drives are on when, how scores are judged, and the whole of it on a tiny budget."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from experiments import infancy
from experiments.infancy import FROM_THE_START, INFANT, REVERSED
from experiments.protocol import Found


def found(infant: float, start: float, reversed_: float) -> Found:
    """Return made-up outcomes of four seeds."""
    spread = np.array([-1.0, -0.5, 0.5, 1.0])
    means = {INFANT: infant, FROM_THE_START: start, REVERSED: reversed_}
    return {name: dict.fromkeys(infancy.MEASURES, mean + spread) for name, mean in means.items()}


@pytest.mark.parametrize(
    ("means", "said"),
    [
        ((20.0, 10.0, 10.0), ("Infancy helps: +10", "Its order helps: +10")),
        ((10.0, 20.0, 10.0), ("Infancy hurts: -10", "Its order makes no difference that shows")),
        ((10.0, 10.0, 20.0), ("Infancy makes no difference that shows", "Its order hurts: -10")),
    ],
)
def test_the_verdict_is_worked_out(means: tuple[float, float, float], said: tuple[str, str]) -> None:
    told = infancy.verdict(found(*means))
    assert all(one in told for one in said)


def test_one_seed_tells_nothing() -> None:
    alone = {name: {key: values[:1] for key, values in runs.items()} for name, runs in found(20.0, 10.0, 10.0).items()}
    assert "Infancy cannot be told from one seed" in infancy.verdict(alone)


def test_the_report_has_a_row_for_each_condition_and_measure() -> None:
    rows = infancy.report(found(20.0, 10.0, 10.0)).splitlines()
    assert len([row for row in rows if row.startswith("| ")]) == 2 + len(infancy.FIRST) * len(infancy.MEASURES)


def awake(condition: str, step: int) -> set[str]:
    """Return the drives that are on at a step of 1000."""
    steering = infancy.body(condition, 1000)
    stages = steering.stages
    on = stages[int(step >= 1000 * infancy.INFANCY)].modules
    return set(steering.modules if on is None else on)


@pytest.mark.parametrize("condition", infancy.FIRST)
def test_all_grow_up_to_have_all_drives(condition: str) -> None:
    assert awake(condition, 999) == {*infancy.EARLY, *infancy.LATE}


def test_only_the_beginnings_differ() -> None:
    begun = [awake(condition, 0) for condition in (INFANT, FROM_THE_START, REVERSED)]
    assert begun == [{*infancy.EARLY}, {*infancy.EARLY, *infancy.LATE}, {*infancy.LATE}]


def test_scores_are_counted_per_life_and_late() -> None:
    late = infancy.LateScore(100)
    for step, rewards, dones in ((70, [5.0, 5.0], [1, 1]), (80, [1.0, 2.0], [1, 0]), (90, [3.0, 4.0], [1, 0])):
        agent: Any = SimpleNamespace(num_timesteps=step, body=SimpleNamespace(world_reward=np.array(rewards)))
        assert late({"self": agent, "dones": np.array(dones, bool)}, {})
    assert late.per_life == 5.0


def test_the_whole_of_it_on_a_tiny_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(infancy, "N_ENVS", 8)
    monkeypatch.setattr(infancy, "EPISODES", 4)
    one = infancy.run(seed=0, steps=1024)
    assert list(one) == [INFANT, FROM_THE_START, REVERSED]
    assert all(scores.keys() == infancy.MEASURES.keys() for scores in one.values())
    assert np.isfinite([[*scores.values()] for scores in one.values()]).all()
