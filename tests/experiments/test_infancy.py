"""Infancy: which drives are on when, how scores are judged, and the whole of it on a tiny budget."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dualbrain.lab.verdict import ExperimentResult, Verdict
from experiments.social import infancy
from experiments.social.infancy import FROM_THE_START, INFANCY_FIRST, INFANT, REVERSED
from tests.lab.judging import judged, says_no


def made_up(infant: float, start: float, reversed_: float, seeds: int = 4) -> ExperimentResult:
    """Judge four seeds, or the first of them."""
    spread = np.array([-1.0, -0.5, 0.5, 1.0])[:seeds]
    means = {INFANT: infant, FROM_THE_START: start, REVERSED: reversed_}
    return judged(INFANCY_FIRST, {name: {"last": spread, "fresh": mean + spread} for name, mean in means.items()})


@pytest.mark.parametrize(
    ("means", "wrong"),
    [
        ((20.0, 10.0, 10.0), []),
        ((10.0, 20.0, 0.0), ["fresh"]),
        ((10.0, 10.0, 20.0), ["fresh", "reversed"]),
        ((20.0, 10.0, 20.0), ["reversed"]),
        ((10.0, 10.0, 0.0), ["fresh"]),
    ],
)
def test_the_verdict_is_worked_out(means: tuple[float, float, float], wrong: list[str]) -> None:
    judgement = made_up(*means)
    assert judgement.verdict is (Verdict.FAIL if wrong else Verdict.PASS)
    assert [word in claim for word, claim in zip(wrong, says_no(judgement), strict=True)] == [True] * len(wrong)


def test_any_order_that_helps_is_no_success_of_infancy() -> None:
    judgement = made_up(30.0, 10.0, 20.0)
    assert says_no(judgement) == []
    assert judgement.failed_controls == ()
    assert judgement.verdict is Verdict.FAIL


def test_one_seed_tells_nothing() -> None:
    assert len(says_no(made_up(20.0, 10.0, 10.0, seeds=1))) == 2


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
        agent: Any = SimpleNamespace(num_timesteps=step, steering_env=SimpleNamespace(world_reward=np.array(rewards)))
        assert late({"self": agent, "dones": np.array(dones, bool)}, {})
    assert late.per_life == 5.0


def test_the_whole_of_it_on_a_tiny_budget() -> None:
    one = INFANCY_FIRST.outcome(0, 1024)
    assert list(one) == [INFANT, FROM_THE_START, REVERSED]
    assert all(scores.keys() == {"last", "fresh"} for scores in one.values())
    assert np.isfinite([[*scores.values()] for scores in one.values()]).all()
