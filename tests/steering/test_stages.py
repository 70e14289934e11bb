"""Development: what is on, what it weighs and what defers, stage by stage."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass

import numpy as np
import pytest

from dualbrain import NO_REFLEX, RewardModule, Signal, Stage, SteeringStep, SteeringSubsystem, UserError

NAN = np.nan


@dataclass
class Touch(RewardModule):
    """Feels where somebody is, else hopes; counts its steps; withdraws from a slap."""

    emits = (Signal("touch", defer=0.5),)

    def bind(self, n):
        self.steps = np.zeros(n, int)

    def reset(self, done):
        self.steps[done] = 0

    def truth(self, felt):
        self.steps += 1
        return {"touch": felt}

    def worth(self, mood):
        return {"touch": mood}

    def reflex(self, felt):
        return np.where(felt == 1.0, 3, NO_REFLEX)


class Light(RewardModule):
    """Sees light."""

    emits = (Signal("bright"), Signal("dim"))

    def truth(self, light):
        return {"bright": light, "dim": 1.0 - light}


INFANT = Stage("infant", 100, modules=("light",), weights={"light": 3.0, "light.dim": 0.0})
JUVENILE = Stage("juvenile", 200, defer={"touch": 0.0})
ADULT = Stage("adult", weights={"touch": 2.0})
SENSES = {
    "felt": np.array([1.0, NAN], np.float32),
    "mood": np.array([2.0, 2.0], np.float32),
    "light": np.array([0.25, 0.75], np.float32),
}
SCORECARD = np.array([[0.5, 0.5, 0.5], [0.5, 0.5, 0.5]], np.float32)


def growing(*stages: Stage) -> SteeringSubsystem:
    steering = SteeringSubsystem([Touch(), Light()], {"light": 4.0}, stages=stages or (INFANT, JUVENILE, ADULT))
    steering.bind(2, SENSES)
    steering.reset(SENSES)
    return steering


def step(steering: SteeringSubsystem, at: int, done: tuple[bool, bool] = (False, False)) -> SteeringStep:
    steering.set_training_step(at)
    return steering.step(SENSES, SCORECARD, np.array(done))


def test_stages_begin_where_the_one_before_ends():
    steering = growing()
    assert [(at, steering.set_training_step(at), steering.stage) for at in (0, 99, 100, 150, 200, 10_000, 0)] == [
        (0, False, 0),
        (99, False, 0),
        (100, True, 1),
        (150, False, 1),
        (200, True, 2),
        (10_000, False, 2),
        (0, True, 0),
    ]


def test_a_module_that_is_off_says_pays_and_does_nothing():
    made = step(growing(), 0)
    assert np.isnan(made.truth[:, 0]).all()
    for part in (made.settled, made.worth, made.from_truth, made.from_thought):
        np.testing.assert_array_equal(part[:, 0], [0.0, 0.0])
    np.testing.assert_array_equal(made.reflex, [NO_REFLEX, NO_REFLEX])
    np.testing.assert_array_equal(made.reward, [0.75, 2.25])  # 3 * bright, dim weighs nothing


def test_what_a_stage_does_not_mention_is_as_ever():
    made = step(growing(), 100)
    np.testing.assert_array_equal(made.settled[:, 0], [1.0, 0.0])  # nothing stands in for the missing touch
    np.testing.assert_array_equal(made.reward, [6.0, 4.0])  # 2 * touch + 4 * (bright + dim)
    np.testing.assert_array_equal(made.reflex, [3, NO_REFLEX])


def test_the_last_stage_defers_as_declared():
    made = step(growing(), 200)
    np.testing.assert_array_equal(made.settled[:, 0], [1.0, 0.25])
    np.testing.assert_array_equal(made.from_thought[:, 0], [0.0, 1.0])
    np.testing.assert_array_equal(made.reward, [8.0, 5.0])


def test_without_stages_the_step_means_nothing():
    plain = SteeringSubsystem([Touch(), Light()], {"light": 4.0})
    plain.bind(2, SENSES)
    assert not plain.set_training_step(10**9)
    one = plain.step(SENSES, SCORECARD, np.zeros(2, bool))
    other = step(growing(Stage("all there is")), 10**9)
    for part, values in vars(one).items():
        np.testing.assert_array_equal(values, getattr(other, part), part)


def test_state_stays_while_a_module_is_off_and_is_still_reset():
    steering = growing()
    step(steering, 100)
    step(steering, 100)
    assert steering.modules["touch"].steps.tolist() == [2, 2]  # type: ignore[attr-defined]
    step(steering, 0, done=(True, False))
    assert steering.modules["touch"].steps.tolist() == [0, 2]  # type: ignore[attr-defined]


def test_awake_and_factors_are_those_of_the_stage():
    steering = growing()
    assert steering.active.tolist() == [False, True, True]
    assert steering.current_weights.tolist() == [0.0, 3.0, 0.0]
    steering.set_training_step(200)
    assert steering.active.tolist() == [True, True, True]
    assert steering.current_weights.tolist() == [2.0, 4.0, 4.0]
    assert steering.weights == {"touch.touch": 1.0, "light.bright": 4.0, "light.dim": 4.0}


def test_thought_is_needed_if_any_stage_needs_it():
    def needs(*stages: Stage) -> bool:
        return SteeringSubsystem([Touch(), Light()], stages=stages).needs_thought

    mute = Stage("mute", defer={"touch": 0.0})
    assert not needs(mute)
    assert not needs(Stage("without", modules=("light",)))
    assert needs(Stage("young", 10, defer={"touch": 0.0}), Stage("old"))
    assert needs(Stage("young", 10), mute)


def test_a_stage_survives_pickling_and_copying():
    steering = growing()
    steering.set_training_step(150)
    for twin in (pickle.loads(pickle.dumps(steering)), copy.deepcopy(steering)):
        assert (twin.stage, twin.stages) == (1, steering.stages)
        np.testing.assert_array_equal(step(twin, 150).reward, step(copy.deepcopy(steering), 150).reward)


def test_the_text_tells_stages_and_marks_the_present_one():
    steering = growing()
    steering.set_training_step(150)
    *_, infant, juvenile, adult = str(steering).splitlines()
    assert infant == "stage infant: until step 100; modules light; weights light=3, light.dim=0"
    assert juvenile == "now: stage juvenile: until step 200; modules all; defer touch=0"
    assert adult == "stage adult: until the end; modules all; weights touch=2"


@pytest.mark.parametrize(
    ("stages", "says"),
    [
        (
            [Stage("a", modules=("lihgt",))],
            "unknown module 'lihgt' in stage 'a': did you mean 'light'? Valid: light, touch",
        ),
        (
            [Stage("a", weights={"light.din": 1.0})],
            "unknown weight 'light.din' in stage 'a': did you mean 'light.dim'?",
        ),
        ([Stage("a", defer={"tuch": 1.0})], "unknown defer 'tuch' in stage 'a': did you mean 'touch'?"),
        ([Stage("a", weights={"light": NAN})], "the weight of 'light' in stage 'a' must be finite, not nan"),
        ([Stage("a", defer={"touch": 1.5})], "stage 'a', signal 'touch': defer must lie in [0, 1], not 1.5"),
        ([Stage("a"), Stage("b")], "stage 'a' never ends, but 'b' follows: give it an until"),
        (
            [Stage("a", 20), Stage("b", 10), Stage("c")],
            "stages out of order: 'b' ends at step 10, not after 'a' (20)",
        ),
        ([Stage("a", 20), Stage("a")], "two stages are named 'a'"),
        ([Stage("a", 20)], "the last stage, 'a', must have no until: it lasts to the end of training"),
    ],
)
def test_mistakes_are_told_in_one_line(stages, says):
    with pytest.raises(UserError) as raised:
        SteeringSubsystem([Touch(), Light()], stages=stages)
    assert str(raised.value).startswith(says)
    assert "\n" not in str(raised.value)


def test_a_stage_ends_after_it_begins():
    with pytest.raises(UserError, match="stage 'a': until must be a step after 0, not 0"):
        Stage("a", 0)


def test_deferring_over_an_infinite_range_needs_a_cap_at_every_stage():
    class Score(RewardModule):
        emits = (Signal("score", high=np.inf),)

        def truth(self, felt):
            return {"score": felt}

    with pytest.raises(UserError, match="stage 'a', signal 'score': an infinite range needs an explicit cap"):
        SteeringSubsystem([Score()], stages=[Stage("a", defer={"score": 0.5})])
