"""Drives that remember, lived through by hand: what they say at each step, and what an episode's end makes of it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dualbrain import SteeringSubsystem, UserError
from dualbrain.testing import check_module
from reward_modules import (
    Boredom,
    Curiosity,
    Homeostasis,
    SafetyMargin,
    Surprise,
    Warmth,
    curiosity_about,
    homeostasis_of,
    surprise_at,
)
from tests.reward_modules.lives import live, truths, worths

NAN = math.nan


def test_warmth_is_the_change_and_pleases_the_cold():
    made = live(Warmth(), {"warmth": [0.4, 0.6, 0.6, 0.2, 0.8]}, done=[3])
    np.testing.assert_allclose(truths(made), [NAN, 0.2, 0.0, -0.4, NAN], rtol=1e-6)
    np.testing.assert_allclose(worths(made), [0.5, 0.25, 0.25, 0.75, 0.0], atol=1e-6)


def test_boredom_grows_until_something_new_is_met():
    made = live(Boredom(patience=4), {"visits": [1, 2, 3, 2, 9, 9, 1, 2, 2]}, done=[7])
    assert truths(made) == [0.0, 0.25, 0.5, 0.75, 1.0, 1.0, 0.0, 0.25, 0.25]
    np.testing.assert_allclose(worths(made), -0.02)


def test_a_safety_margin_is_lost_at_once_and_won_back_slowly():
    made = live(SafetyMargin(recovery=4), {"skittering": [0.0, 0.5, 1.0, 0.5, 0.0, 0.0, 0.5, 0.0]}, done=[6])
    assert truths(made) == [0.0, 0.5, 1.0, 0.75, 0.5, 0.25, 0.5, 0.0]
    np.testing.assert_allclose(worths(made), -0.1)


class TestHomeostasis:
    """D = (sum |setpoint - level|**n) ** (1/m); relief is its fall."""

    def test_of_one_need(self):
        """With setpoint 0.8, m 3 and n 4, D is 0.8**(4/3) when starved, 0.4**(4/3) half way, 0 at the set point."""
        made = live(Homeostasis(), {"energy": [0.0, 0.4, 0.8, 1.0, 0.4]}, done=[3])
        starved, lacking, sated = 0.742653, 0.294723, 0.116961  # 0.8, 0.4 and 0.2 to the power of 4/3
        reliefs = [NAN, starved - lacking, lacking, -sated, NAN]
        np.testing.assert_allclose(truths(made), reliefs, rtol=1e-4)

    def test_of_two_needs(self):
        """A need that is sorely lacked counts more: (0.8**4 + 0.4**4) ** (1/3) = (0.4096 + 0.0256) ** (1/3)."""
        both = homeostasis_of("energy", "hydration")
        made = live(both(), {"energy": [0.0, 0.4, 0.0], "hydration": [0.4, 0.4, 0.8]}, done=[])
        before, ate, parched = 0.4352 ** (1 / 3), 0.0512 ** (1 / 3), 0.4096 ** (1 / 3)
        np.testing.assert_allclose(truths(made), [NAN, before - ate, ate - parched], rtol=1e-5)
        assert before - ate > before - parched  # 0.4 for the hungrier need is worth more than for the other

    def test_exponents_and_setpoints_are_those_given(self):
        """m = n = 1: the drive is the sum of lacks."""
        made = live(
            homeostasis_of("warmth", "fun")(setpoints=(1.0, 0.0), m=1.0, n=1.0),
            {"warmth": [0.0, 1.0, 1.0], "fun": [1.0, 1.0, 0.5]},
        )
        np.testing.assert_allclose(truths(made), [NAN, 1.0, 0.5])

    def test_the_range_follows_from_the_exponents_and_the_number_of_needs(self):
        (one,), (three,) = Homeostasis().emits, homeostasis_of("a", "b", "c")().emits
        (summed,) = homeostasis_of("a", "b", "c")(m=1.0).emits
        assert (one.low, one.high) == (-1.0, 1.0)
        np.testing.assert_allclose([three.low, three.high, summed.high], [-(3 ** (1 / 3)), 3 ** (1 / 3), 3.0])

    def test_nothing_is_won_by_going_back_and_forth(self):
        """Reliefs add up to the fall of the drive from beginning to end."""
        made = live(
            homeostasis_of("energy", "sodium")(), {"energy": [0.5, 0.9, 0.1, 0.5], "sodium": [0.3, 0.8, 0.0, 0.3]}
        )
        np.testing.assert_allclose(np.nansum(truths(made)), 0.0, atol=1e-6)

    @pytest.mark.parametrize(
        "wrong", [{"setpoints": (0.5, 0.5, 0.5)}, {"setpoints": (1.5,)}, {"m": 0.5}, {"n": 0.0}, {"setpoints": ()}]
    )
    def test_nonsense_is_refused(self, wrong):
        with pytest.raises(UserError, match=r"setpoints must be|exponents of a drive"):
            homeostasis_of("energy", "hydration")(**wrong)


class TestSurprise:
    """The error is against what was expected a step before, as the scorecard then stood."""

    def test_the_error_is_against_the_expectation_of_the_step_before(self):
        felt, expected = [1.0, 1.0, 0.0, 1.0, 1.0, 0.5], [0.25, 1.0, 1.0, 0.0, 0.5, 0.0]
        made = live(Surprise(), {"tasted_any": felt}, thoughts=[expected, [0.0] * 6], done=[3])
        assert truths(made, 0) == felt
        assert worths(made, 0) == [0.0] * 6
        np.testing.assert_allclose(truths(made, 1), [NAN, 0.75, 1.0, 0.0, NAN, 0.0])
        np.testing.assert_allclose(worths(made, 1), 0.1)

    def test_it_is_paid_as_a_thought_and_so_capped(self):
        made = live(Surprise(), {"tasted_any": [1.0, 1.0]}, thoughts=[[0.0, 0.0]] * 2)
        assert made[1].reward[0] == made[1].from_thought[0, 1] == np.float32(0.05)

    def test_a_namesake_reads_its_own_expectation(self):
        voice = surprise_at("voice")
        steering = SteeringSubsystem([Surprise(), voice(), Surprise(name="gourmet")])
        assert [*steering.modules] == ["surprise", "surprise_voice", "gourmet"]
        steering.bind(1, ["voice", "tasted_any"])
        heard = {"voice": np.ones(1, np.float32), "tasted_any": np.ones(1, np.float32)}
        expected = np.array([[0.1, 0.0, 0.2, 0.0, 0.3, 0.0]], np.float32)
        for _ in range(2):
            made = steering.step(heard, expected, np.zeros(1, bool))
        np.testing.assert_allclose(made.truth[0, 1::2], [0.9, 0.8, 0.7])


class TestCuriosity:
    """The reward is how much more right one is than one expected to be, a step before."""

    def test_progress_is_to_be_more_right_than_one_used_to_be(self):
        """Lit at every step, expected at 0, 0.5, 1: right is 0, 0.5, 1, where 0.25, 0.5, 0.5 was expected."""
        expected, expected_right, unread = [0.0, 0.5, 1.0, 1.0, 1.0], [0.25, 0.5, 0.5, 0.0, 0.0], [0.0] * 5
        made = live(Curiosity(), {"tasted_any": [1.0] * 5}, thoughts=[expected, expected_right, unread], done=[3])
        assert truths(made, 0) == [1.0] * 5
        np.testing.assert_allclose(truths(made, 1), [NAN, 0.0, 0.5, 1.0, NAN])
        np.testing.assert_allclose(truths(made, 2), [NAN, -0.25, 0.0, 0.5, NAN])
        assert (worths(made, 0), worths(made, 1)) == ([0.0] * 5, [0.0] * 5)
        np.testing.assert_allclose(worths(made, 2), 0.1)

    def test_nothing_is_won_from_a_coin_that_one_knows_to_be_one(self):
        """Expected at a half, and expected to be half right."""
        made = live(Curiosity(), {"tasted_any": [0.0, 1.0, 1.0, 0.0]}, thoughts=[[0.5] * 4, [0.5] * 4, [0.0] * 4])
        np.testing.assert_allclose(truths(made, 2), [NAN, 0.0, 0.0, 0.0])


@pytest.mark.parametrize(
    "drive",
    [
        surprise_at("voice"),
        curiosity_about("voice"),
        homeostasis_of("energy", "hydration", "sodium"),
        homeostasis_of("warmth", "company")(setpoints=(1.0, 0.0), m=1.0, n=2.0),
    ],
)
def test_drives_over_other_senses_keep_their_contract(drive):
    check_module(drive, n=8, steps=60)
