"""Predictions that are read ahead: what stands in for a missing truth, what drives read, what that pays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dualbrain import (
    RewardModule,
    Signal,
    SignalError,
    Stage,
    SteeringStep,
    SteeringSubsystem,
    SteeringVecEnv,
    UserError,
    make_vec_env,
    read_steering,
)
from dualbrain.chamber import DriveChamber
from dualbrain.testing import ContractError, check_module

NAN = np.nan
NOBODY = np.zeros(3, bool)


class Touch(RewardModule):
    """Feels what is there, else reads ahead."""

    emits = (Signal("touch", low=-1.0, high=2.0, defer=0.5, imagined=3), Signal("now", defer=0.5))

    def truth(self, felt):
        return {"touch": felt, "now": felt}


class Worried(RewardModule):
    """Takes what is imagined for a fact, and for a price."""

    emits = (Signal("worry"), Signal("fret"))

    def truth(self, imagined, felt):
        return {"worry": imagined["touch.touch"].clip(0.0, 1.0), "fret": np.abs(felt)}

    def worth(self, imagined, thought):
        return {"worry": -2.0, "fret": -4.0 * imagined["touch.now"] - thought["touch.now"]}


FELT = {"felt": np.array([0.25, NAN, NAN], np.float32)}
SCORECARD = np.array([[9.0, 0.5], [9.0, 0.5], [9.0, 1.0]], np.float32)
IMAGINED = np.array([[9.0, 0.5], [1.0, 0.5], [-4.0, 1.0]], np.float32)
"""The second signal is not read ahead."""


def bound(*modules: RewardModule, **options) -> SteeringSubsystem:
    steering = SteeringSubsystem([Touch(), *modules], **options)
    steering.bind(3, FELT)
    return steering


def step(steering: SteeringSubsystem, **given) -> SteeringStep:
    k = len(steering.signals)
    scorecard, imagined = (np.hstack([each, np.zeros((3, k - 2), np.float32)]) for each in (SCORECARD, IMAGINED))
    return steering.step(FELT, scorecard, NOBODY, **{"imagined": imagined, **given})


def test_what_stands_in_is_the_clipped_prediction_that_was_read_ahead():
    made = step(bound(thought_cap=0.25))
    np.testing.assert_array_equal(made.settled, [[0.25, 0.25], [0.5, 0.25], [-0.5, 0.5]])
    np.testing.assert_array_equal(made.from_thought, [[0.0, 0.0], [0.5, 0.25], [-0.5, 0.25]])
    np.testing.assert_array_equal(made.from_truth, [[0.25, 0.25], [0.0, 0.0], [0.0, 0.0]])


def test_drives_read_what_is_imagined_and_are_paid_for_it_as_for_thoughts():
    """Worry is 1, 1 and 0 at a worth of -2, so that the cap of 1/4 limits it to 1/2; fret 1/4 at -(4 * .5 + .5)."""
    made = step(bound(Worried(), thought_cap=0.25))
    np.testing.assert_array_equal(made.truth[:, 2], [1.0, 1.0, 0.0])
    np.testing.assert_array_equal(made.worth[:, 3], [-2.5, -2.5, -5.0])
    np.testing.assert_array_equal(made.from_thought[:, 2], [-0.5, -0.5, 0.0])
    np.testing.assert_array_equal(made.from_thought[:, 3], [-0.625, 0.0, 0.0])
    assert not made.from_truth[:, 2:].any()


def test_a_cut_wire_and_absence_leave_nothing_to_imagine():
    cut = bound(Worried(), cut_wire=True)
    made = step(cut)
    assert (cut.imagining, cut.needs_thought) == ({}, False)
    assert not made.settled[1:, :2].any()
    assert not made.from_thought.any()
    broken = np.where([[True], [False], [False]], np.float32(NAN), IMAGINED)
    made = step(bound(), imagined=broken, present=np.array([False, True, True]))
    np.testing.assert_array_equal(made.settled[:, 0], [0.0, 0.5, -0.5])
    with pytest.raises(SignalError, match="'touch', signal 'touch', environment 0: imagined prediction is nan"):
        step(bound(), imagined=broken)


def test_without_predictions_there_is_nothing_and_without_imagined_ones_an_error():
    assert not bound().step(FELT, None, NOBODY).settled[1:].any()
    with pytest.raises(UserError, match=r"'touch\.touch' is read 3 steps ahead: a step needs 'imagined' beside"):
        bound().step(FELT, SCORECARD, NOBODY)


def test_read_no_step_ahead_it_is_as_it_always_was():
    present = Stage("present", imagined={"touch": 0})
    steering = bound(Worried(), stages=[present])
    assert steering.imagining == {}
    made, other = (step(steering, imagined=each) for each in (None, np.full((3, 4), NAN)))
    np.testing.assert_array_equal(made.settled[:, :2], [[0.25, 0.25], [1.0, 0.25], [1.0, 0.5]])
    np.testing.assert_array_equal(made.worth[:, 3], [-2.5, -2.5, -5.0])
    for part, values in vars(made).items():
        np.testing.assert_array_equal(values, getattr(other, part), part)


def test_stages_say_how_far_ahead():
    young, old = Stage("young", 10, imagined={"touch.touch": 1, "touch": 2}), Stage("old")
    steering = bound(stages=[young, old])
    assert steering.imagining == {"touch.touch": 3, "touch.now": 2}
    assert [(steering.set_training_step(at), steering.imagined.tolist()) for at in (0, 10)] == [
        (False, [1, 2]),
        (True, [3, 0]),
    ]
    assert "imagined touch.touch=1, touch=2" in str(steering)
    assert "0.5  imagined 3 steps ahead\n" in str(steering)


def test_only_what_is_read_counts_as_imagined():
    mute = Stage("mute", defer={"touch": 0.0})
    assert bound(stages=[mute]).imagining == {}
    assert bound(Worried(), stages=[mute]).imagining == {"touch.touch": 3}


def test_a_steering_file_may_say_so(tmp_path: Path):
    file = tmp_path / "my.toml"
    file.write_text('[modules]\nflinch = {}\n\n[[stages]]\nname = "life"\nimagined = { flinch = 4 }\n')
    assert read_steering(file).imagining == {"flinch.flinch": 4}


@pytest.mark.parametrize("steps", [-1, 65, 2.0, True])
def test_how_far_is_a_whole_number(steps):
    with pytest.raises(UserError, match="signal 'touch': imagined must be a whole number of steps from 0 to 64, not "):
        Signal("touch", imagined=steps)
    assert Signal("touch", imagined=64).imagined == 64


@pytest.mark.parametrize(
    ("stage", "says"),
    [
        ({"tuch": 1}, "unknown imagined steps 'tuch' in stage 'a': did you mean 'touch'?"),
        ({"touch": 2.5}, "stage 'a', signal 'touch': imagined must be a whole number of steps from 0 to 64, not 2.5"),
        ({"touch": 65}, "stage 'a', signal 'touch': imagined must be a whole number of steps from 0 to 64, not 65"),
    ],
)
def test_mistakes_in_a_stage(stage, says):
    with pytest.raises(UserError) as raised:
        bound(stages=[Stage("a", imagined=stage)])
    assert str(raised.value).startswith(says)


def test_a_drive_that_reads_an_unknown_signal_learns_the_nearest():
    class Lost(Worried):
        def truth(self, imagined, felt):
            return {"worry": imagined["touch.tuch"], "fret": felt}

    with pytest.raises(UserError, match=r"unknown signal 'touch\.tuch', .*: did you mean 'touch\.touch'"):
        step(bound(Lost()))


def test_reflexes_read_no_imagination():
    class Hasty(Touch):
        def reflex(self, imagined):
            return imagined["touch.touch"]

    with pytest.raises(UserError, match=r"hasty\.reflex reads 'imagined': reflexes read senses only"):
        SteeringSubsystem([Hasty()])


def test_a_drive_needs_somebody_who_predicts():
    with pytest.raises(UserError, match="module 'worried' reads 'thought' and 'imagined', but no assessor predicts"):
        SteeringSubsystem([Touch(), Worried()]).bind(3, FELT, thoughts=False)


def test_the_contract_of_a_drive_covers_what_it_imagines():
    class Scribbles(Worried):
        def truth(self, imagined, felt):
            imagined["touch.touch"][:] = 0.0
            return {"worry": 0.0, "fret": felt}

    thoughts = {f"touch.{signal.name}": signal for signal in Touch.emits}
    check_module(Touch, n=4, steps=40)
    with pytest.raises(ContractError, match=r"changed its input 'imagined touch\.touch'"):
        check_module(Scribbles, thoughts=thoughts, n=4, steps=40)


class Foresight:
    """A scorecard of one signal that says what it was asked for."""

    asked: int = -1

    def __call__(self, obs):
        return np.full((2, 1), 0.25, np.float32)

    def imagine(self, steps):
        self.asked = int(steps[0])
        return np.full((2, 1), 1.0, np.float32)


class Void(RewardModule):
    """Never knows."""

    emits = (Signal("void", defer=0.5, imagined=3),)

    def truth(self):
        return {"void": NAN}


def test_the_wrapper_asks_a_scorecard_that_imagines():
    foresight, venv = Foresight(), make_vec_env("CartPole-v1", 2)
    env = SteeringVecEnv(venv, SteeringSubsystem([Void()], thought_cap=1.0), foresight)
    env.reset()
    assert env.step(np.zeros(2, int))[1].tolist() == [0.5, 0.5]
    assert foresight.asked == 3
    with pytest.raises(UserError, match=r"'void\.void' is read 3 steps ahead, but the scorecard imagines nothing"):
        SteeringVecEnv(venv, SteeringSubsystem([Void()]), foresight.__call__)


def test_the_chamber_imagines_nothing():
    with pytest.raises(UserError, match=r"'touch\.touch' is read 3 steps ahead: the chamber has no world model"):
        DriveChamber(0, SteeringSubsystem([Touch()]), {}, {})
