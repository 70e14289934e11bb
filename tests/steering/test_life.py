"""The order of things: who is asked when, who is reset when, and what becomes of the arrays."""

from __future__ import annotations

import numpy as np

from dualbrain import NO_REFLEX, RewardModule, Signal, SteeringSubsystem


class Counter(RewardModule):
    """Counts its agents' steps, and hands out the very array that it counts in."""

    emits = (Signal("steps", high=100.0),)

    def bind(self, n):
        self.steps = np.zeros(n, np.float32)
        self.calls: list[str] = []

    def truth(self, light):
        self.calls.append("truth")
        self.steps += 1
        return {"steps": self.steps}

    def worth(self):
        self.calls.append("worth")
        return {"steps": self.steps}

    def reset(self, done):
        self.calls.append(f"reset {done.astype(int)}")
        self.steps[done] = 0

    def reflex(self, light):
        self.calls.append("reflex")
        return np.where((light > 0.5) | (self.steps >= 3), 7, NO_REFLEX)


class Freeze(RewardModule):
    """Stays put in the dark."""

    emits = (Signal("dark"),)

    def truth(self, light):
        return {"dark": 1.0 - light}

    def reflex(self, light):
        return np.where(light < 0.5, 0, NO_REFLEX)


class Jump(RewardModule):
    """Jumps at anything below full light."""

    emits = (Signal("dim"),)

    def truth(self, light):
        return {"dim": 1.0 - light}

    def reflex(self, light):
        return np.where(light < 1.0, 5, NO_REFLEX)


def light(*values: float) -> dict[str, np.ndarray]:
    return {"light": np.array(values, np.float32)}


NOBODY = np.zeros(2, bool)


def test_senses_at_reset_pay_nothing_and_only_reflexes_read_them():
    counter = Counter()
    steering = SteeringSubsystem([counter])
    steering.bind(2, ["light"])
    assert steering.reset(light(0.0, 1.0)).tolist() == [NO_REFLEX, 7]
    assert counter.calls == ["reset [1 1]", "reflex"]
    assert counter.steps.tolist() == [0.0, 0.0]


def test_reset_is_for_agents_that_are_done_and_comes_before_the_next_reflex():
    counter = Counter()
    steering = SteeringSubsystem([counter])
    steering.bind(2, ["light"])
    for _ in range(2):
        steering.step(light(0.0, 0.0), None, NOBODY)
    counter.calls.clear()
    made = steering.step(light(0.0, 0.0), None, np.array([False, True]))
    assert counter.calls == ["truth", "worth", "reset [0 1]", "reflex"]
    assert counter.steps.tolist() == [3.0, 0.0]
    assert made.reflex.tolist() == [7, NO_REFLEX]


def test_nobody_done_means_no_reset():
    counter = Counter()
    steering = SteeringSubsystem([counter])
    steering.bind(2, ["light"])
    steering.step(light(0.0, 0.0), None, NOBODY)
    assert counter.calls == ["truth", "worth", "reflex"]


def test_truth_is_of_the_transition_and_reflex_of_what_comes_next():
    steering = SteeringSubsystem([Freeze()])
    steering.bind(2, ["light"])
    made = steering.step(light(0.25, 0.25), None, np.array([True, False]), light(0.75, 0.25))
    assert made.truth[:, 0].tolist() == [0.75, 0.75]
    assert made.reflex.tolist() == [NO_REFLEX, 0]


def test_the_first_module_with_a_reflex_wins():
    for modules, reflexes in (([Freeze(), Jump()], [0, 5]), ([Jump(), Freeze()], [5, 5])):
        steering = SteeringSubsystem(modules)
        steering.bind(2, ["light"])
        assert steering.step(light(0.0, 0.75), None, NOBODY).reflex.tolist() == reflexes


def test_what_a_step_returned_stays_as_it_was():
    steering = SteeringSubsystem([Counter()])
    steering.bind(2, ["light"])
    first = steering.step(light(0.0, 0.0), None, np.array([True, False]))
    second = steering.step(light(0.0, 0.0), None, NOBODY)
    assert first.truth[:, 0].tolist() == first.worth[:, 0].tolist() == [1.0, 1.0]
    assert second.truth[:, 0].tolist() == second.settled[:, 0].tolist() == [1.0, 2.0]
    assert not np.shares_memory(second.truth, second.settled)


def test_a_step_leaves_senses_and_scorecard_alone():
    senses, scorecard = light(0.25, 0.5), np.full((2, 1), 3.0, np.float32)
    for array in (*senses.values(), scorecard):
        array.flags.writeable = False
    steering = SteeringSubsystem([Freeze()])
    steering.bind(2, ["light"])
    steering.step(senses, scorecard, NOBODY)


def test_start_begins_anew_with_another_number_of_agents():
    steering = SteeringSubsystem([Counter()])
    for n in (2, 5):
        steering.bind(n, ["light"])
        made = steering.step({"light": np.zeros(n, np.float32)}, None, np.zeros(n, bool))
        assert made.truth.tolist() == [[1.0]] * n


def test_state_goes_out_and_comes_back():
    one, other = SteeringSubsystem([Counter()]), SteeringSubsystem([Counter()])
    for steering in (one, other):
        steering.bind(2, ["light"])
    one.step(light(0.0, 0.0), None, NOBODY)
    state = one.state_dict()
    one.step(light(0.0, 0.0), None, NOBODY)
    other.load_state_dict(state)
    assert other.step(light(0.0, 0.0), None, NOBODY).truth[:, 0].tolist() == [2.0, 2.0]
