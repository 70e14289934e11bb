"""What is cut out of the steering subsystem: the wire from assessors, and the body's say in worth."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from dualbrain import RewardModule, Signal, Stage, SteeringStep, SteeringSubsystem

NAN = np.nan


class Fear(RewardModule):
    """Flinches, and is the more afraid the more it thinks of it."""

    emits = (Signal("fear", defer=0.5),)

    def truth(self, near):
        return {"fear": near}

    def worth(self, thought):
        return {"fear": -1.0 - thought["fear.fear"]}


class Food(RewardModule):
    """Eats, at the price that its hunger sets."""

    emits = (Signal("food"),)

    def truth(self, ate):
        return {"food": ate}

    def worth(self, hunger):
        return {"food": hunger}


def senses(**changes: list[float]) -> dict[str, Any]:
    given = {"near": [0.5, NAN], "ate": [1.0, 0.5], "hunger": [1.0, 3.0], **changes}
    return {name: np.array(values, np.float32) for name, values in given.items()}


def subsystem(*modules: RewardModule, **ablated: Any) -> SteeringSubsystem:
    steering = SteeringSubsystem(modules or [Fear(), Food()], **ablated)
    steering.bind(2, senses())
    return steering


def step(steering: SteeringSubsystem, present: list[bool] | None = None, **changes: list[float]) -> SteeringStep:
    thought = np.full((2, len(steering.signals)), 0.5, np.float32)
    there = None if present is None else np.array(present)
    return steering.step(senses(**changes), thought, np.zeros(2, bool), present=there)


def test_with_the_wire_cut_every_prediction_reads_nothing():
    made, cut = step(subsystem()), step(subsystem(cut_wire=True))
    np.testing.assert_array_equal(made.settled[:, 0], [0.5, 0.25])
    np.testing.assert_array_equal(made.worth[:, 0], [-1.5, -1.5])
    np.testing.assert_array_equal(cut.settled[:, 0], [0.5, 0.0])
    np.testing.assert_array_equal(cut.worth[:, 0], [-1.0, -1.0])
    np.testing.assert_array_equal(cut.truth, made.truth)


def test_with_the_wire_cut_nobody_needs_to_think():
    assert subsystem().needs_thought
    cut = SteeringSubsystem([Fear()], cut_wire=True)
    assert not cut.needs_thought
    cut.bind(2, senses(), thoughts=False)


def test_frozen_worth_is_that_of_the_average_body_at_first():
    steering = subsystem(freeze_worth=True)
    np.testing.assert_array_equal(step(steering).worth[:, 1], [2.0, 2.0])
    later = step(steering, hunger=[-7.0, 0.0])
    np.testing.assert_array_equal(later.worth[:, 1], [2.0, 2.0])
    np.testing.assert_array_equal(later.from_truth[:, 1], [2.0, 1.0])


def test_frozen_worth_outlives_pickling_and_starting_anew():
    steering = subsystem(freeze_worth=True)
    step(steering)
    twin = pickle.loads(pickle.dumps(steering))
    twin.bind(2, senses())
    np.testing.assert_array_equal(step(twin, hunger=[9.0, 9.0]).worth[:, 1], [2.0, 2.0])


def test_who_is_absent_has_no_say_in_it_and_is_worth_nothing():
    steering = subsystem(Food(), freeze_worth=True)
    np.testing.assert_array_equal(step(steering, present=[False, False]).worth[:, 0], [0.0, 0.0])
    np.testing.assert_array_equal(step(steering, present=[True, False]).worth[:, 0], [1.0, 0.0])
    np.testing.assert_array_equal(step(steering).worth[:, 0], [1.0, 1.0])


def test_a_module_that_wakes_up_later_is_frozen_then():
    steering = subsystem(freeze_worth=True, stages=[Stage("young", 10, modules=("fear",)), Stage("old")])
    np.testing.assert_array_equal(step(steering).worth, [[-1.5, 0.0], [-1.5, 0.0]])
    steering.set_training_step(10)
    np.testing.assert_array_equal(step(steering, hunger=[4.0, 6.0]).worth, [[-1.5, 5.0], [-1.5, 5.0]])
    steering.set_training_step(0)
    np.testing.assert_array_equal(step(steering).worth[:, 1], [0.0, 0.0])


@pytest.mark.parametrize("ablated", [{"cut_wire": True}, {"freeze_worth": True}])
def test_where_nothing_thinks_or_varies_nothing_changes(ablated):
    whole, cut = subsystem(Food()), subsystem(Food(), **ablated)
    for ate in ([0.0, 1.0], [1.0, NAN]):
        one, other = (step(each, ate=ate, hunger=[2.0, 2.0]) for each in (whole, cut))
        for part, values in vars(one).items():
            np.testing.assert_array_equal(values, getattr(other, part), part)


def test_the_text_tells_what_is_ablated():
    assert "ablated" not in str(subsystem())
    assert str(subsystem(cut_wire=True, freeze_worth=True)).endswith("\nablated: wire, worth")
