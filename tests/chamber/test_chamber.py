"""The chamber: what is shown, what is felt when, and that the same animal does the same again."""

from __future__ import annotations

import numpy as np
import pytest

from dualbrain.chamber import Chamber, DesignError, Presence
from dualbrain.chamber.chamber import shown
from dualbrain.chamber.notation import design
from dualbrain.chamber.td_lambda import TDLambda


def test_a_trial_shows_what_the_design_says():
    trial = design("A:2>AB*0.5>_>US").phases[0].blocks[0].trial
    names, presence = shown(trial, begin=1, rest=2)
    assert names == ("A", "B", "US")
    assert presence.T.tolist() == [[0, 1, 1, 1, 0, 0, 0, 0], [0, 0, 0, 0.5, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1, 0, 0]]


def test_surprise_is_felt_when_the_outcome_is_there():
    result = Chamber(0).run("A:3>US*0.5")[0]
    assert result.dopamine[result.onset("US"), 0] == 0.5
    assert np.count_nonzero(result.dopamine) == 1
    assert result.due == result.onset("A") + 3
    assert result.begin == result.onset("A")


def test_without_an_outcome_the_end_of_the_trial_is_when_it_was_due():
    probe = Chamber(0).probe("A:3>_:2")
    assert probe.due == probe.begin + 5


@pytest.mark.parametrize("probing", ["A:5?", "A:5>US?"])
def test_nothing_is_learned_of_a_probe(probing: str):
    animal = Chamber(0)
    animal.run("5 A:5>US")
    before = animal.assessors.weights.copy()
    animal.run(f"20 {probing}")
    assert (animal.assessors.weights == before).all()


def test_what_is_expected_was_so_before_the_trial_taught_it():
    first, second = Chamber(0).run("2 A>US")
    assert first.response[0] == 0.0
    assert second.response[0] > 0.0


def test_the_same_seed_is_the_same_animal_and_another_is_not():
    values = [Chamber(seed).run("shuffled 10 A:5>US / 10 B:5")[-1].values for seed in (3, 3)]
    assert values[0].tobytes() == values[1].tobytes()
    responses = {seed: [float(each.response[0]) for each in Chamber(seed).run("10 A:5>US")] for seed in (3, 4)}
    assert responses[3] != responses[4]


def test_heads_may_sum_outcomes_and_outcomes_are_not_perceived():
    animal = Chamber(0, {"food": {"food": 1.0}, "value": {"food": 1.0, "pain": -2.0}}, individual=0.0)
    animal.run("200 A>food | 200 B>pain")
    assert animal.stimuli == ["A", "B"]
    assert animal.response("A", "value") == pytest.approx(1.0)
    assert animal.response("B", "value") == pytest.approx(-2.0)
    assert animal.response("B", "food") == pytest.approx(0.0)


def test_what_is_predicted_and_also_seen_counts_once_at_its_onset():
    animal = Chamber(0, predicts=("X",), also_seen=("X",), individual=0.0)
    animal.run("200 A>X:7")
    assert animal.stimuli == ["A", "X"]
    assert animal.response("A", "X") == pytest.approx(1.0)


def test_trials_to_a_level_end_there_or_at_the_most():
    animal = Chamber(0, code=Presence(), assessors=TDLambda(1, rate=0.5), individual=0.0)
    assert animal.trials_to(0.7, "A>US") == 3  # .5 after the first, .75 after the second, which the third tells
    assert animal.trials_to(2.0, "A>US", most=7) == 7


def test_a_mistake_in_a_design_is_told():
    with pytest.raises(DesignError):
        Chamber(0).run("A >> US")
