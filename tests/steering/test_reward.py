"""The equations of the steering subsystem, against arrays worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from dualbrain import RewardModule, Signal, SteeringStep, SteeringSubsystem

NAN = np.nan


class Told(RewardModule):
    """Emits what its senses say."""

    emits = (Signal("event", low=-1.0, high=2.0, defer=0.5), Signal("level"))

    def truth(self, event, level):
        return {"event": event, "level": level}

    def worth(self, dear, cheap):
        return {"event": dear, "level": cheap}


class Daydream(RewardModule):
    """Takes a prediction for a fact."""

    emits = (Signal("hope"),)

    def truth(self, thought):
        return {"hope": thought["told.level"]}


class Dread(RewardModule):
    """Is worth what is thought."""

    emits = (Signal("harm"),)

    def truth(self, level):
        return {"harm": level}

    def worth(self, thought):
        return {"harm": -4.0 * thought["told.level"]}


SENSES = {
    "event": np.array([1.5, NAN, NAN], np.float32),
    "level": np.array([NAN, 0.25, 1.0], np.float32),
    "dear": np.array([2.0, 2.0, -1.0], np.float32),
    "cheap": np.array([1.0, -3.0, 0.5], np.float32),
}
SCORECARD = np.array([[9.0, 0.7], [3.0, 0.7], [-4.0, 0.7]], np.float32)


def step(steering: SteeringSubsystem, scorecard: np.ndarray | None = SCORECARD) -> SteeringStep:
    steering.bind(3, SENSES)
    steering.reset(SENSES)
    return steering.step(SENSES, scorecard, np.zeros(3, bool))


def with_thoughts_of(modules: list[RewardModule], level: list[float]) -> SteeringStep:
    steering = SteeringSubsystem([Told(), *modules])
    scorecard = np.zeros((3, len(steering.signals)), np.float32)
    scorecard[:, 1] = level
    return step(steering, scorecard)


def test_missing_truth_settles_to_the_deferred_clipped_prediction():
    made = step(SteeringSubsystem([Told()]))
    np.testing.assert_array_equal(made.truth, [[1.5, NAN], [NAN, 0.25], [NAN, 1.0]])
    np.testing.assert_array_equal(made.settled, [[1.5, 0.0], [1.0, 0.25], [-0.5, 1.0]])
    np.testing.assert_array_equal(made.worth, [[2.0, 1.0], [2.0, -3.0], [-1.0, 0.5]])


def test_reward_is_weight_times_worth_times_settled_split_by_who_paid():
    made = step(SteeringSubsystem([Told()], {"told.event": 2.0}))
    np.testing.assert_array_equal(made.from_truth, [[6.0, 0.0], [0.0, -0.75], [0.0, 0.5]])
    np.testing.assert_array_equal(made.from_thought, [[0.0, 0.0], [4.0, 0.0], [1.0, 0.0]])
    np.testing.assert_array_equal(made.reward, [6.0, 3.25, 1.5])


@pytest.mark.parametrize(("cap", "paid"), [(0.25, [0.0, 2.0, 1.0]), (0.125, [0.0, 1.0, 0.5]), (0.0, [0.0, 0.0, 0.0])])
def test_thoughts_are_paid_up_to_the_cap(cap, paid):
    """|weight * worth| = 4, 4, 2 and reach = 2: a cap of 1/8 is a limit of 1, 1, 1/2."""
    made = step(SteeringSubsystem([Told()], {"told.event": 2.0}, thought_cap=cap))
    np.testing.assert_array_equal(made.from_thought[:, 0], paid)
    np.testing.assert_array_equal(made.from_truth[:, 0], [6.0, 0.0, 0.0])


def test_the_cap_holds_below_zero_too():
    senses = {**SENSES, "dear": -SENSES["dear"]}
    steering = SteeringSubsystem([Told()], {"told.event": 2.0}, thought_cap=0.125)
    steering.bind(3, senses)
    made = steering.step(senses, SCORECARD, np.zeros(3, bool))
    np.testing.assert_array_equal(made.from_thought[:, 0], [0.0, -1.0, -0.5])


def test_a_signal_may_set_its_own_reach():
    class Boundless(RewardModule):
        emits = (Signal("score", low=-np.inf, high=np.inf, defer=1.0, cap=3.0),)

        def truth(self, event):
            return {"score": event}

    made = step(SteeringSubsystem([Boundless()]), np.array([[7.0], [7.0], [-1.0]], np.float32))
    np.testing.assert_array_equal(made.settled[:, 0], [1.5, 7.0, -1.0])
    np.testing.assert_array_equal(made.from_thought[:, 0], [0.0, 1.5, -1.0])


def test_without_a_scorecard_missing_truth_settles_to_nothing():
    made = step(SteeringSubsystem([Told()]), scorecard=None)
    np.testing.assert_array_equal(made.settled, [[1.5, 0.0], [0.0, 0.25], [0.0, 1.0]])
    np.testing.assert_array_equal(made.from_thought, np.zeros((3, 2)))


def test_truth_that_reads_thought_counts_as_thought_and_is_capped():
    made = with_thoughts_of([Daydream()], [0.2, 0.4, 1.0])
    np.testing.assert_array_equal(made.from_truth[:, 2], [0.0, 0.0, 0.0])
    np.testing.assert_allclose(made.from_thought[:, 2], [0.2, 0.4, 0.5])


def test_worth_that_reads_thought_counts_as_thought_and_is_capped():
    """Harm 0.25 and 1 at a worth of -2 and -4: -0.5 within the cap of 1, -4 cut to the cap of 2."""
    made = with_thoughts_of([Dread()], [0.3, 0.5, 1.0])
    np.testing.assert_array_equal(made.from_truth[:, 2], [0.0, 0.0, 0.0])
    np.testing.assert_array_equal(made.from_thought[:, 2], [0.0, -0.5, -2.0])


@pytest.mark.parametrize(
    ("weights", "resolved"),
    [
        (None, {"told.event": 1.0, "told.level": 1.0}),
        ({"told": 3.0}, {"told.event": 3.0, "told.level": 3.0}),
        ({"told.level": 0.5}, {"told.event": 1.0, "told.level": 0.5}),
        ({"told": 3.0, "told.level": 0.5}, {"told.event": 3.0, "told.level": 0.5}),
    ],
)
def test_weights_go_by_module_or_by_signal(weights, resolved):
    assert SteeringSubsystem([Told()], weights).weights == resolved


def test_weight_zero_pays_nothing_and_still_tells_everything():
    silent, loud = (step(SteeringSubsystem([Told()], {"told": weight})) for weight in (0.0, 1.0))
    np.testing.assert_array_equal(silent.reward, [0.0, 0.0, 0.0])
    for part in ("truth", "settled", "worth"):
        np.testing.assert_array_equal(getattr(silent, part), getattr(loud, part))


def test_everything_is_float32_by_agent_and_signal():
    made = step(SteeringSubsystem([Told()]), SCORECARD.astype(np.float64))
    shapes = {part: values.shape for part, values in vars(made).items()}
    matrices = ("truth", "settled", "worth", "from_truth", "from_thought")
    assert shapes == {**dict.fromkeys(matrices, (3, 2)), "reward": (3,), "reflex": (3,)}
    kinds = {part: values.dtype for part, values in vars(made).items()}
    assert kinds == {**dict.fromkeys((*matrices, "reward"), np.dtype("f4")), "reflex": np.dtype("i8")}
