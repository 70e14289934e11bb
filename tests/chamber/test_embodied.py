"""An animal with drives: what is tasted, what that is worth, and what the thought of it pays."""

from __future__ import annotations

import numpy as np
import pytest

from dualbrain.chamber import DriveChamber, Presence
from dualbrain.chamber.delta_rule import DeltaRule
from dualbrain.errors import UserError
from dualbrain.steering.stages import Stage
from dualbrain.steering.subsystem import SteeringSubsystem

SALT = {"salt": {"tasted_any": 1.0, "tasted_salt": 1.0}, "sugar": {"tasted_any": 1.0}}


def animal(steering: SteeringSubsystem | None = None, sodium: float = 0.9, **options) -> DriveChamber:
    given = steering or SteeringSubsystem(["salt"], weights={"salt": 2.0})
    return DriveChamber(0, given, SALT, {"sodium": sodium}, individual=0.0, **options)


def test_the_tongue_speaks_only_when_it_tastes():
    one = animal()
    result = one.run("A:2>salt>_:2>sugar")[0]
    truth = one.judged.truth[:, 0]
    assert truth[result.onset("salt")] == 1.0
    assert truth[result.onset("sugar")] == 0.0
    assert np.isnan(np.delete(truth, [result.onset("salt"), result.onset("sugar")])).all()


def test_short_heads_learn_the_discounted_coming_and_only_the_body_prices_it():
    one = animal()
    one.run("300 A>_:2>salt")  # three steps before the taste, of a horizon of four
    assert one.foreseen("A") == pytest.approx(0.75**2)
    assert one.composed("A") == pytest.approx(2.0 * -1.0 * 0.75**2)
    one.levels["sodium"] = 0.1
    assert one.composed("A") == pytest.approx(2.0 * 1.0 * 0.75**2)


def test_the_critic_learns_what_was_paid_and_does_not_know_of_the_body():
    one = animal()
    one.run("300 A>salt")
    assert one.response("A", "valence") == pytest.approx(-2.0)
    assert one.response("A", "salt.salt") == pytest.approx(1.0)
    one.levels["sodium"] = 0.1
    assert one.response("A", "valence") == pytest.approx(-2.0)
    assert one.taste("salt") == pytest.approx(2.0)


@pytest.mark.parametrize(("cut", "paid"), [(False, -1.0), (True, 0.0)])
def test_thoughts_pay_through_the_wire(cut: bool, paid: float):
    deferring = SteeringSubsystem(
        ["salt"], weights={"salt": 2.0}, stages=[Stage("adult", defer={"salt.salt": 0.5})], cut_wire=cut
    )
    one = animal(deferring)
    one.run("300 A>salt")
    assert one.foreseen("A") == pytest.approx(1.0)
    assert one.thought("A") == pytest.approx(paid)


def test_the_gate_keeps_what_silence_would_unlearn():
    kept, lost = animal(code=Presence()), animal(code=Presence(), unlearn=1.0)
    for one in (kept, lost):
        one.run("100 A>salt | 100 A")
    assert kept.foreseen("A") == pytest.approx(1.0, abs=1e-4)
    assert lost.foreseen("A") == pytest.approx(0.0, abs=1e-4)


def test_a_horizon_beyond_the_trial_reaches_to_its_end():
    one = animal(horizon=(100,))
    one.run("300 A>_:9>salt")
    assert one.foreseen("A") == pytest.approx(0.99**9)


def test_a_sense_that_nobody_reads_is_a_mistake():
    with pytest.raises(UserError, match="unknown sense 'tasted_slat' in the chamber: no drive reads it: did you mean"):
        DriveChamber(0, SteeringSubsystem(["salt"]), {"salt": {"tasted_slat": 1.0}}, {"sodium": 0.9})


def test_a_drive_with_a_memory_is_refused():
    with pytest.raises(UserError, match="'homeostasis' has a memory"):
        DriveChamber(0, SteeringSubsystem(["homeostasis"]), {}, {"energy": 0.5})


@pytest.mark.parametrize("unlearn", [0.0, 1.0])
def test_silence_teaches_at_once_what_it_would_row_by_row(unlearn: float):
    heads = DeltaRule(np.array([3, 5]), unlearn=unlearn)
    silent = np.full((7, 2), np.nan)
    for quick, slow in zip(heads._silent(silent), heads._targets(silent), strict=True):
        assert (quick == slow[:7]).all()
