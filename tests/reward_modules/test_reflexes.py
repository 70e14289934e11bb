"""Innate reflexes: when the body acts by itself, and that it can be told not to."""

from __future__ import annotations

import numpy as np
import pytest

from dualbrain import NO_REFLEX, RewardModule, SteeringSubsystem
from reward_modules import Doubt, Flinch, Orient, Startle, Withdraw
from tests.reward_modules.lives import live, reflexes, truths, worths

REST = 0


def test_one_startles_at_what_comes_up_not_at_what_stays():
    made = live(Startle(), {"skittering": [0.0, 1.0, 1.0, 0.5, 1.0, 0.0, 0.5]}, done=[5])
    assert truths(made) == [0.0, 1.0, 0.0, 0.0, 0.5, 0.0, 0.5]
    np.testing.assert_allclose(worths(made), -0.1)
    assert reflexes(made) == [NO_REFLEX, REST, NO_REFLEX, NO_REFLEX, REST, NO_REFLEX, REST]


def test_a_startle_does_not_outlast_the_episode():
    made = live(Startle(rest=3), {"skittering": [0.0, 1.0, 1.0]}, done=[1])
    assert truths(made) == [0.0, 1.0, 1.0]
    assert reflexes(made) == [NO_REFLEX, NO_REFLEX, 3]


@pytest.mark.parametrize(("there", "away"), [("voice", "face_near"), ("face_near", "voice")])
def test_one_attends_to_a_voice_or_a_face_until_one_is_used_to_it(there: str, away: str):
    """Habit goes a half of the way to what is there: 0.5, 0.75, 0.375, 0.1875."""
    made = live(Orient(), {there: [1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0], away: [0.0] * 7}, done=[5])
    assert truths(made) == [1.0, 0.5, 0.0, 0.0, 0.8125, 0.40625, 1.0]
    assert reflexes(made) == [REST, REST, NO_REFLEX, NO_REFLEX, REST, NO_REFLEX, REST]
    np.testing.assert_allclose(worths(made), 0.02)


def test_one_draws_back_from_what_hurts():
    made = live(Withdraw(), {"damage": [0.0, 0.05, 0.1, 1.0, 1.0], "retreat": [4.0, 4.0, 4.0, 2.0, -1.0]})
    assert reflexes(made) == [NO_REFLEX, NO_REFLEX, 4, 2, NO_REFLEX]
    assert [float(step.reward[0]) for step in made] == [0.0] * 5


def test_one_asks_about_a_kind_until_asking_has_brought_nothing_and_at_once_about_another():
    """Three calls about kind 5, none while it is left alone, one about kind 7, and again about 5 after four steps."""
    doubted = [5.0, 5.0, 5.0, 5.0, 7.0, 5.0, 5.0, 5.0, 5.0]
    made = live(Doubt(tries=3, patience=4), {"doubt": [0.99] * 9, "doubted": doubted})
    asked = [6, 6, 6, NO_REFLEX, 6, NO_REFLEX, NO_REFLEX, 6, 6]
    assert reflexes(made) == asked
    assert truths(made) == pytest.approx([0.99] * 9)
    assert [float(step.reward[0]) for step in made] == [0.0] * 9


def test_one_asks_about_each_thing_of_a_kind_if_it_was_answered_before():
    doubted, doubt = [5.0, 5.0, 1.0] * 4, [1.0, 1.0, 0.2] * 4
    made = live(Doubt(act=2), {"doubt": doubt, "doubted": doubted})
    assert reflexes(made) == [2, 2, NO_REFLEX] * 4


def test_what_was_given_up_is_forgotten_with_the_episode():
    made = live(Doubt(tries=1), {"doubt": [1.0] * 6, "doubted": [5.0] * 6}, done=[3])
    assert reflexes(made) == [6, NO_REFLEX, NO_REFLEX, 6, 6, NO_REFLEX]


@pytest.mark.parametrize("drive", [Doubt, Flinch, Startle, Orient, Withdraw])
def test_a_reflex_can_be_switched_off(drive: type[RewardModule]):
    extremes = {name: np.ones(4, np.float32) for name in SteeringSubsystem([drive]).senses}
    reacted = {}
    for threshold in (0.1, 1.1):
        steering = SteeringSubsystem([drive(threshold=threshold)])  # type: ignore[call-arg]
        steering.bind(4, extremes)
        reacted[threshold] = steering.step(extremes, None, np.zeros(4, bool)).reflex
    assert (reacted[0.1] != NO_REFLEX).all()
    assert (reacted[1.1] == NO_REFLEX).all()


@pytest.mark.parametrize("drive", [Startle, Orient])
def test_nobody_reacts_before_anything_happened(drive: type[RewardModule]):
    sensed = {name: np.ones(3, np.float32) for name in SteeringSubsystem([drive]).senses}
    steering = SteeringSubsystem([drive])
    steering.bind(3, sensed)
    assert (steering.reset(sensed) == NO_REFLEX).all()
