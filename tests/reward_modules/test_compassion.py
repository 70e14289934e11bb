"""The circuit of transient empathy, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from dualbrain.testing import check_module
from reward_modules import Compassion
from tests.reward_modules.lives import live, truths, worths

PERSON, FRIEND, DISTRESS, EMPATHY = range(4)


def alone(steps: int, **others: list[float]) -> dict[str, list[float]]:
    """Return senses of somebody who is alone and unhurt, but for what is given."""
    senses = {name: [0.0] * steps for name in ("person_in_view", "voice", "other_relation", "damage")}
    return senses | others


def thinking(*predictions: float) -> list[list[float]]:
    """Return a scorecard for one step: person, friend, distress."""
    return [[value] for value in (*predictions, 0.0)]


@pytest.mark.parametrize(
    ("thought", "empathy"),
    [
        ((1.0, 1.0, 0.5), 0.5),
        ((1.0, -1.0, 0.5), -0.25),
        ((0.0, 1.0, 0.5), 0.0),
        ((1.0, 0.0, 0.5), 0.0),
        ((0.5, 0.5, 0.4), 0.1),
        ((2.0, 3.0, 4.0), 1.0),
    ],
)
def test_empathy_is_the_product_of_what_one_thinks(thought: tuple[float, ...], empathy: float):
    made = live(Compassion(spite=0.5), alone(1), thoughts=thinking(*thought))
    assert truths(made, EMPATHY) == pytest.approx([empathy])
    assert made[0].reward[0] == pytest.approx(np.clip(-empathy, -0.5, 0.5))
    assert made[0].from_truth.sum() == 0.0


def test_pain_teaches_nothing_while_somebody_is_on_ones_mind():
    senses = alone(6, voice=[0.0, 1.0, 0.0, 0.0, 0.0, 0.0], damage=[0.5, 0.5, 0.0, 0.5, 0.5, 0.0])
    made = live(Compassion(linger=3), senses, thoughts=[[0.0] * 6] * 4)
    assert truths(made, DISTRESS) == pytest.approx([0.5, np.nan, np.nan, np.nan, 0.5, 0.0], nan_ok=True)
    assert truths(made, PERSON) == [0.0, 1.0, 0.0, 0.0, 0.0, 0.0]


def test_an_episodes_end_clears_the_mind():
    senses = alone(3, person_in_view=[1.0, 0.0, 0.0], damage=[0.0, 0.5, 0.0])
    made = live(Compassion(), senses, thoughts=[[0.0] * 3] * 4, done=[0])
    assert truths(made, DISTRESS) == pytest.approx([np.nan, 0.5, 0.0], nan_ok=True)


def test_relations_are_known_only_of_whom_one_sees():
    senses = alone(3, person_in_view=[1.0, 0.0, 1.0], voice=[0.0, 1.0, 1.0], other_relation=[1.0, 1.0, -1.0])
    made = live(Compassion(), senses, thoughts=[[0.0] * 3] * 4)
    assert truths(made, FRIEND) == pytest.approx([1.0, np.nan, -1.0], nan_ok=True)


def test_only_empathy_pays():
    made = live(Compassion(scale=2.0), alone(1), thoughts=thinking(0.0, 0.0, 0.0))
    assert [worths(made, k) for k in range(4)] == [[0.0], [0.0], [0.0], [-2.0]]


def test_it_keeps_the_contract():
    check_module(Compassion)
