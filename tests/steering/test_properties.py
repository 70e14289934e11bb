"""What holds for every reward, whatever is sensed, thought and weighed."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dualbrain import RewardModule, Signal, SteeringSubsystem

N, SIGNALS = 3, 2


class Told(RewardModule):
    """Emits what its senses say."""

    def __init__(self, defer: float):
        super().__init__()
        self.emits = (Signal("a", low=-2.0, high=1.0, defer=defer), Signal("b", defer=1.0))  # type: ignore[misc]

    def truth(self, a, b):
        return {"a": a, "b": b}

    def worth(self, price):
        return {"a": price, "b": -price}


def floats(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, width=32)


def evidence(low: float) -> st.SearchStrategy[np.ndarray]:
    return arrays(np.float32, N, elements=floats(low, 1.0) | st.just(float("nan")))


@settings(max_examples=80, deadline=None)
@given(
    a=evidence(-2.0),
    b=evidence(0.0),
    price=arrays(np.float32, N, elements=floats(-8.0, 8.0)),
    scorecard=arrays(np.float32, (N, SIGNALS), elements=floats(-4.0, 4.0)),
    weight=floats(-4.0, 4.0),
    defer=floats(0.0, 1.0),
    cap=floats(0.0, 1.0),
)
def test_reward_is_its_two_parts_and_thoughts_stay_within_the_cap(a, b, price, scorecard, weight, defer, cap):
    steering = SteeringSubsystem([Told(defer)], {"told.a": weight}, thought_cap=cap)
    steering.bind(N, ["a", "b", "price"])
    made = steering.step({"a": a, "b": b, "price": price}, scorecard, np.zeros(N, bool))

    scale = np.array([weight, 1.0], np.float32) * made.worth
    known = ~np.isnan(made.truth)
    np.testing.assert_allclose(made.reward, (made.from_truth + made.from_thought).sum(axis=1), rtol=1e-5, atol=1e-5)
    assert (np.abs(made.from_thought) <= cap * np.abs(scale) * [2.0, 1.0] * (1 + 1e-6) + 1e-6).all()
    np.testing.assert_array_equal(made.from_thought[known], 0.0)
    np.testing.assert_allclose(made.from_truth[known], (scale * made.truth)[known], rtol=1e-6)
    np.testing.assert_array_equal(made.from_truth[~known], 0.0)
    assert np.isfinite(made.settled).all()
