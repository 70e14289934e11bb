"""An animal is one's own, and nothing is answered by a silent 0: what cannot be meant, known or learned is said."""

from __future__ import annotations

import copy
import warnings
from typing import Any

import numpy as np
import pytest

from dualbrain.chamber import Chamber, DriveChamber, Microstimuli, Presence, SerialCompound, TrialResult
from dualbrain.chamber.associability import Associability
from dualbrain.chamber.delta_rule import DeltaRule
from dualbrain.chamber.dyna import Dyna
from dualbrain.chamber.notation import DesignError, design
from dualbrain.chamber.td_lambda import TDLambda
from dualbrain.errors import UserError
from dualbrain.steering.subsystem import SteeringSubsystem

SALT = {"salt": {"tasted_any": 1.0, "tasted_salt": 1.0}}
misused: Any = Chamber
compound: Any = SerialCompound
heads: Any = TDLambda
body: Any = DriveChamber
"""Without their types, to give them what is of another."""


@pytest.fixture(autouse=True)
def only_expected_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def test_an_outcome_that_is_also_seen_is_due_when_it_comes():
    assert Chamber(0, also_seen=("US",)).trials_to(0.5, "A:5>US") == Chamber(0).trials_to(0.5, "A:5>US") == 8
    (result,) = Chamber(0, also_seen="US").run("A:5>US:3")
    assert result.due == result.begin + 5


def test_each_signal_responds_before_its_own_outcome():
    animal = Chamber(0, predicts=("food", "pain"), individual=0.0)
    animal.run("300 A>food>_:3>pain")
    (result,) = animal.run("A>food>_:3>pain")
    assert result.response == pytest.approx([1.0, result.values[result.due - 1, 1]])
    assert result.due == result.onset("pain")
    seen = Chamber(0, predicts=("US", "X"), also_seen=("X",), individual=0.0)
    seen.run("300 X:4>US")
    (result,) = seen.run("X:4>US")
    assert result.response[0] == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("options", [{}, {"associability": Associability()}, {"dyna": Dyna()}])
def test_heads_are_an_animals_own(options):
    heads = TDLambda(1, rate=0.1, **options)
    first, second = Chamber(0, assessors=heads), Chamber(1, assessors=heads)
    first.run("60 A:5>US")
    assert first.response("A:5") > 0.9
    assert second.response("A:5") == 0.0
    assert heads.rate == 0.1
    assert heads.weights.shape == (1, 0)
    assert repr(first.run("A:5>US")[-1].values) == repr(_again(options).values)


def _again(options: dict[str, Any]) -> TrialResult:
    animal = Chamber(0, assessors=TDLambda(1, rate=0.1, **copy.deepcopy(options)))
    animal.run("60 A:5>US")
    animal.response("A:5")
    return animal.run("A:5>US")[-1]


def test_learned_or_ill_fitting_heads_are_refused():
    animal = Chamber(0)
    animal.run("A>US")
    with pytest.raises(UserError, match="have learned already"):
        Chamber(1, assessors=animal.assessors)
    with pytest.raises(UserError, match="2 assessors for 1 signals"):
        Chamber(0, assessors=TDLambda(2))


def test_probes_change_nothing_of_what_comes_later():
    phases = "shuffled 20 A:5>US / 20 B:5"
    plain, probed = Chamber(3), Chamber(3)
    for animal in (plain, probed):
        animal.run(phases)
    probed.response("A:5")
    probed.run("3 A:5? / B?")
    for one, other in zip(plain.run(phases), probed.run(phases), strict=True):
        assert one.trial == other.trial
        assert one.begin == other.begin
        assert one.values.tobytes() == other.values.tobytes()


@pytest.mark.parametrize("text", ["20 A:5>us", "20 A:5>shock", "20 light:5>food", "A>reward"])
def test_customary_outcomes_are_not_silently_seen(text):
    if "us" in text:
        with pytest.raises(UserError, match="'us' would be a stimulus: the outcome is written 'US'"):
            Chamber(0).run(text)
    else:
        with pytest.warns(UserWarning, match="is read as a stimulus.*predicts=\\('"):
            Chamber(0).run(text)


def test_us_is_no_outcome_where_another_is_predicted():
    with pytest.warns(UserWarning, match="'US' is read as a stimulus.*this animal predicts pellet"):
        Chamber(0, predicts="pellet").run("A>US")


def test_slips_of_the_pen_are_asked_about():
    with pytest.warns(UserWarning, match="'pelet' is read as a stimulus.*did you mean 'pellet'"):
        Chamber(0, predicts="pellet").run("A>pelet")


def test_a_name_alone_is_one_name():
    animal = Chamber(0, predicts="shock", also_seen="shock")
    assert [*animal.signals] == ["shock"]
    assert animal.also_seen == ("shock",)
    animal.run("60 A:5>shock")
    assert animal.response("A:5") > 0.9
    with pytest.raises(UserError, match=r"unknown name 'us' in also_seen.*did you mean 'US'"):
        Chamber(0, also_seen=("us",))


def test_strangers_are_not_probed_in_silence():
    animal = Chamber(0)
    assert animal.response("A:5") == 0.0, "a naive animal may be asked"
    animal.run("light:5>US")
    with pytest.raises(UserError, match=r"unknown stimulus 'lihgt'.*live through 'lihgt:5\?': did you mean 'light'"):
        animal.response("lihgt:5")
    (first,) = animal.run("tone:5?")
    assert first.response[0] == 0.0
    assert animal.response("tone:5") == 0.0
    with pytest.raises(UserError, match="unknown signal 'food': Valid: US"):
        animal.response("light:5", "food")


def test_what_never_came_is_not_expected_in_silence():
    animal = Chamber(0)
    animal.run("20 A:5")
    with pytest.warns(UserWarning, match="has never met US"):
        assert animal.response("A:5") == 0.0


@pytest.mark.parametrize("text", ["A | B", "A / B", "20 A"])
def test_a_probe_is_one_trial(text):
    for ask in (Chamber(0).probe, Chamber(0).response, lambda text: Chamber(0).trials_to(0.5, text)):
        with pytest.raises(UserError, match="is of one trial, without how often it comes"):
            ask(text)


def test_a_criterion_needs_something_to_learn():
    with pytest.raises(UserError, match="a probe cannot reach a criterion: nothing is learned in it"):
        Chamber(0).trials_to(0.5, "A>US?")
    with pytest.raises(UserError, match="most must be at least 1"):
        Chamber(0).trials_to(0.5, "A>US", most=0)
    with pytest.warns(UserWarning, match="has never met US"):
        assert Chamber(0).trials_to(0.5, "A:5", most=3) == 3
    animal = Chamber(0, predicts=("food", "drink"))
    assert animal.trials_to(0.5, "A:5>drink", signal="drink") == 8


def test_the_end_of_a_serial_compound_is_said():
    with pytest.warns(UserWarning, match=r"'A' is perceived for 30 steps.*would matter for 41;.*SerialCompound\(41\)"):
        assert Chamber(0).run("2 A>_:40>US")[-1].response[0] == 0.0
    with pytest.warns(UserWarning, match="would matter for 40"):
        Chamber(0).run("A:40")
    for code in (SerialCompound(41), Microstimuli(), Presence()):
        Chamber(0, code=code).run("A>_:40>US")
    Chamber(0).run("20 A:30>US | A>_:50")


@pytest.mark.parametrize(("rate", "text"), [(3.0, "A>US"), (0.1, "A*5>US"), (0.5, "ABCDE>US"), (0.5, "A*3:9>US")])
def test_divergence_is_said_before_it_happens(rate, text):
    for code in (SerialCompound(), Presence()):
        animal = Chamber(0, code=code, assessors=TDLambda(1, rate=rate), individual=0.0)
        with pytest.warns(UserWarning, match="above 2, predictions diverge"):
            animal.run(text)
        assert abs(animal.run(f"60 {text}")[-1].response[0]) > 2.0


@pytest.mark.parametrize(("decay", "rate"), [(0.0, 1.5), (0.9, 0.4)])
def test_what_settles_is_not_warned_of(decay, rate):
    animal = Chamber(0, code=Presence(), assessors=TDLambda(1, gae_lambda=decay, rate=rate), individual=0.0)
    assert animal.run("60 A:5>US")[-1].response[0] == pytest.approx(1.0, abs=0.1)


def test_numbers_that_overflow_are_not_gone_on_with():
    animal = Chamber(0, assessors=TDLambda(1, rate=1e6), individual=0.0)
    with (
        pytest.warns(UserWarning, match="above 2"),
        np.errstate(all="ignore"),
        pytest.raises(UserError, match="no finite number"),
    ):
        animal.run("100 A>US")


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Chamber(0, rest=-1), "rest must be at least 0"),
        (lambda: Chamber(0, individual=1.5), "individual must be at most 1"),
        (lambda: misused(-1), "seed must be at least 0"),
        (lambda: misused(None), "seed must be a whole number"),
        (lambda: misused("A:5>US"), "seed must be a whole number"),
        (lambda: misused(0, rest=2.5), "rest must be a whole number"),
        (lambda: misused(0, code=Presence), "code must be a stimulus code, as in code=Presence()"),
        (lambda: misused(0, code="Presence"), "code must be a stimulus code"),
        (lambda: Chamber(0, predicts=("US", "US")), "'US' is named twice in what is predicted"),
        (lambda: Chamber(0, predicts="Shock"), "'Shock' cannot be written in a design: write 'shock'"),
        (lambda: Chamber(0, predicts=("CS",)), "outcomes are US, a capital, or a word in lower case"),
        (lambda: Chamber(0, predicts={"value": {}}), "the signal 'value' predicts nothing"),
        (lambda: misused(0, predicts={"value": "food"}), "must be names and factors"),
        (
            lambda: Chamber(0, predicts={"value": {"food": float("nan")}}),
            "the factor of 'food' must be a finite",
        ),
        (lambda: Chamber(0).trials_to(float("nan"), "A:5>US"), "level must be a finite number"),
        (lambda: misused(0).trials_to("A:5>US", 0.5), "a design is text"),
        (lambda: misused(0, assessors=[TDLambda(1)]), "assessors must be TDLambda"),
        (lambda: heads("US"), "the number of signals must be a whole number"),
        (lambda: heads(1, gamma="high"), "gamma must be one number, or 1 of them, not 'high'"),
        (lambda: body(0, ["salt"], SALT, {}), "steering must be a SteeringSubsystem"),
        (lambda: body(0, SteeringSubsystem(["salt"]), {"salt": "tasted_any"}, {}), "the taste of 'salt' must be names"),
        (lambda: compound(2.5), "length must be a whole number"),
        (lambda: DriveChamber(0, SteeringSubsystem(["salt"]), {"Salt": SALT["salt"]}, {}), "write 'salt'"),
        (lambda: TDLambda(0), "1 signal or more"),
        (lambda: TDLambda(1, rate=-0.1), "rate must be from 0"),
        (lambda: TDLambda(1, gamma=1.01), "gamma must be from 0 to 1"),
        (lambda: TDLambda(2, gamma=np.ones(3)), "gamma must be one number, or 2 of them"),
        (lambda: TDLambda(1, asymmetry=float("nan")), "asymmetry must be from 0 to 1"),
        (lambda: DeltaRule(np.array([0])), "1 step or more"),
        (lambda: DeltaRule(np.array([1]), unlearn=-5.0), "unlearn from 0 to 1"),
        (lambda: SerialCompound(0), "length must be at least 1"),
        (lambda: Microstimuli(decay=1.0), "decay must be above 0 and below 1"),
        (lambda: Chamber(0).probe("A>US").onset("B"), "unknown name 'B' in the trial"),
        (lambda: Chamber(0).run("A >> US"), "expected a stimulus"),
    ],
)
def test_numbers_and_names_out_of_range_are_refused(make, told):
    with pytest.raises(UserError, match=told):
        make()


def test_designs_that_were_read_already_are_lived_as_they_are():
    read, written = Chamber(0).run(design("3 A:5>US")), Chamber(0).run("3 A:5>US")
    assert [one.values.tobytes() for one in read] == [other.values.tobytes() for other in written]
    assert Chamber(0, predicts="shock").describe("A>shock").endswith("stimuli: A; outcomes: shock")
    with pytest.raises(DesignError):
        Chamber(0).describe("A >> shock")


def test_bodies_are_an_animals_own_and_know_their_senses():
    steering, tastes = SteeringSubsystem(["salt"]), copy.deepcopy(SALT)
    rat, twin = (DriveChamber(0, steering, tastes, {"sodium": 0.9}) for _ in range(2))
    assert rat.steering is not steering
    tastes["salt"]["tasted_salt"] = 0.0
    rat.run("60 A:5>salt")
    assert rat.foreseen("A:5") > 0.9
    assert twin.foreseen("A:5") == 0.0
    for level in (float("nan"), "low"):
        vars(rat)["levels"] = {"sodium": level}
        with pytest.raises(UserError, match="the level of 'sodium' must be a finite number"):
            rat.composed("A:5")
    rat.levels["sodum"] = 0.1
    with pytest.raises(UserError, match=r"unknown sense 'sodum'.*did you mean 'sodium'"):
        rat.composed("A:5")
    with pytest.raises(UserError, match="unknown signal 'valence' of short heads"):
        twin.foreseen("A:5", "valence")
    with pytest.raises(UserError, match="2 horizons for 1 signals"):
        DriveChamber(0, steering, SALT, {"sodium": 0.9}, horizon=(3, 4))


def test_a_taste_may_also_be_seen():
    rat = DriveChamber(0, SteeringSubsystem(["salt"]), SALT, {"sodium": 0.9}, also_seen=("salt",))
    (result,) = rat.run("A:5>salt")
    assert rat.stimuli == ["A", "salt"]
    assert result.due == result.onset("salt")
