"""Drives cannot reach what is not theirs, and nothing that is not finite settles in silence."""

from __future__ import annotations

import copy
import gc
import pickle

import numpy as np
import pytest
from stable_baselines3.common.env_util import make_vec_env

from dualbrain import NO_REFLEX, RewardModule, Signal, SignalError, Stage, SteeringSubsystem, SteeringVecEnv, UserError
from tests.sample_worlds.corridor import Corridor

DONE = np.zeros(2, bool)


class Taste(RewardModule):
    """Feels what it is given."""

    emits = (Signal("taste", low=-100.0, high=100.0),)

    def truth(self, food):
        return {"taste": food}


class Scaling(Taste):
    def truth(self, food):
        food *= 3.0
        return {"taste": food}


class Overwriting(Taste):
    def worth(self, food):
        food[:] = 0.0
        return {"taste": food}


class Jumpy(Taste):
    def reflex(self, food):
        food.fill(9.0)
        return np.full(len(food), NO_REFLEX)


class Wishful(RewardModule):
    emits = (Signal("wish", low=-100.0, high=100.0),)

    def truth(self, food, thought):
        thought["taste.taste"][:] = 50.0
        return {"wish": food}


class Counter(Taste):
    """Remembers how many steps it was asked for."""

    def bind(self, n):
        self.steps = np.zeros(n)

    def truth(self, ate):
        self.steps += 1
        return {"taste": self.steps.copy()}


def steered(*modules: RewardModule, **kwargs) -> SteeringSubsystem:
    steering = SteeringSubsystem(modules, **kwargs)
    steering.bind(2, ["food"])
    return steering


def fed(steering: SteeringSubsystem, scorecard=None, food=(1.0, 2.0)):
    return steering.step({"food": np.array(food, np.float32)}, scorecard, DONE)


@pytest.mark.parametrize(
    ("drive", "where"), [(Scaling, "scaling.truth"), (Overwriting, "overwriting.worth"), (Jumpy, "jumpy.reflex")]
)
def test_a_drive_that_writes_into_a_sense_is_named(drive, where):
    steering, food = steered(drive(), Taste()), np.array([1.0, 2.0], np.float32)
    with pytest.raises(SignalError, match=rf"{where} writes into a sense that it reads"):
        steering.step({"food": food}, None, DONE)
    assert food.tolist() == [1.0, 2.0]


def test_a_drive_that_writes_into_a_thought_is_named():
    scorecard = np.ones((2, 2), np.float32)
    with pytest.raises(SignalError, match=r"wishful.truth writes"):
        fed(steered(Taste(), Wishful()), scorecard)
    assert scorecard.tolist() == np.ones((2, 2)).tolist()


def test_an_error_of_the_drives_own_is_not_renamed():
    class Broken(Taste):
        def truth(self, food):
            raise ValueError("out of order")

    with pytest.raises(ValueError, match=r"^out of order$"):
        fed(steered(Broken()))


@pytest.mark.parametrize(
    "change", [lambda s: s.set_weights({"taste": 5.0}), lambda s: s.weights.__setitem__("taste", 5.0)]
)
def test_weights_changed_later_are_paid(change):
    steering = steered(Taste(), weights={"taste": 2.0})
    before = fed(steering).reward
    change(steering)
    assert before.tolist() == [2.0, 4.0]
    assert fed(steering).reward.tolist() == [5.0, 10.0]
    assert steering.weights == {"taste.taste": 5.0}
    assert "5" in str(steering)


def test_weights_changed_later_are_checked():
    steering = steered(Taste(), weights={"taste": 2.0})
    with pytest.raises(UserError, match="unknown weight 'tast': did you mean 'taste'"):
        steering.set_weights({"taste": 9.0, "tast": 1.0})
    with pytest.raises(UserError, match="must be finite"):
        steering.weights["taste.taste"] = np.nan
    with pytest.raises(AttributeError):
        steering.weights = {}  # type: ignore[misc,assignment]
    assert fed(steering).reward.tolist() == [2.0, 4.0], "nothing was changed"


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))])
def test_a_copy_has_weights_of_its_own(copied):
    steering = steered(Taste())
    other = copied(steering)
    other.weights["taste"] = 7.0
    assert fed(other).reward.tolist() == [7.0, 14.0]
    assert fed(steering).reward.tolist() == [1.0, 2.0]


def test_the_weight_of_a_stage_wins():
    stages = [Stage("young", until=10, weights={"taste": 3.0}), Stage("old")]
    steering = steered(Taste(), stages=stages)
    steering.set_weights({"taste": 5.0})
    assert fed(steering).reward.tolist() == [3.0, 6.0]
    steering.set_training_step(10)
    assert fed(steering).reward.tolist() == [5.0, 10.0]


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_a_prediction_that_is_not_finite_is_named_even_where_nothing_defers(broken):
    scorecard = np.array([[0.0], [broken]], np.float32)
    with pytest.raises(SignalError, match=r"module 'taste', signal 'taste', environment 1: prediction is (nan|inf)"):
        fed(steered(Taste()), scorecard)
    absent = np.array([True, False])
    steered(Taste()).step({"food": np.ones(2)}, scorecard, DONE, present=absent)
    steering = steered(Taste(), cut_wire=True)
    assert fed(steering, scorecard).reward.tolist() == [1.0, 2.0]


def test_a_reward_that_overflows_is_named():
    steering = steered(Taste(), weights={"taste": 3e38})
    with pytest.raises(SignalError, match=r"'taste', environment 1: it pays inf, with which the reward is inf"):
        fed(steering, food=(1.0, 2.0))


def body(*modules: RewardModule | SteeringSubsystem, n_envs: int = 1) -> SteeringVecEnv:
    (one,) = modules
    steering = one if isinstance(one, SteeringSubsystem) else SteeringSubsystem([one])
    made = SteeringVecEnv(make_vec_env(Corridor, n_envs), steering)
    made.reset()
    return made


def stepped(env: SteeringVecEnv) -> list[float]:
    env.step(np.zeros(env.num_envs, int))
    truth: list[float] = env.last.truth[:, 0].tolist()
    return truth


@pytest.mark.parametrize("shared", ["the drive", "the subsystem"])
def test_a_drive_given_to_two_bodies_remembers_for_each(shared):
    drive = Counter()
    given = SteeringSubsystem([drive]) if shared == "the subsystem" else drive
    first = body(given)
    assert [stepped(first), stepped(first)] == [[1.0], [2.0]]
    second = body(given, n_envs=3)
    assert stepped(second) == [1.0, 1.0, 1.0]
    assert stepped(first) == [3.0], "the first goes on as if there were no other"
    assert second.steering.modules["counter"] is not drive
    assert first.steering.modules["counter"] is drive


def test_a_drive_is_free_again_when_its_body_is_gone_or_steered_by_others():
    drive = Counter()
    first = body(drive)
    first.steer(SteeringSubsystem([Counter()]))
    second = body(drive)
    assert second.steering.modules["counter"] is drive
    del second
    gc.collect()
    assert body(drive).steering.modules["counter"] is drive
