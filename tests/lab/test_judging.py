"""Judging: every kind of claim can turn, a control must fail, and what is pending or too small never passes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dualbrain.lab.experiment import Claim, Experiment, SeedResults
from dualbrain.lab.table import claims
from dualbrain.lab.verdict import Verdict, check_claim, judge

SAMPLES: SeedResults = {
    "intact": {"x": np.array([1.0, 2.0, 3.0]), "zero": np.zeros(3), "some": np.array([1.0, 1.0, np.nan])},
    "other": {"x": np.array([4.0, 4.0, 4.0]), "zero": np.zeros(3)},
}


@pytest.mark.parametrize(
    ("bounds", "holds"),
    [
        ({"at_least": 2.0}, True),
        ({"at_least": 2.1}, False),
        ({"at_most": 2.0}, True),
        ({"at_most": 1.9}, False),
        ({"at_least": 2.0, "strictly": True}, False),
        ({"at_most": 2.1, "strictly": True}, True),
        ({"at_least": 0.5, "at_most": 0.5, "relative_to": "other"}, True),
        ({"at_least": 0.6, "relative_to": "other"}, False),
        ({"at_most": -2.0, "more_than": "other"}, True),
        ({"at_least": -1.9, "more_than": "other"}, False),
        ({"at_least": 2.0, "share": 0.6}, True),
        ({"at_least": 2.0, "share": 0.7}, False),
        ({"at_least": 1.0, "share": 1.0}, True),
        ({"at_least": 1.0, "share": 1.0, "strictly": True}, False),
        ({"at_least": 0.9, "surely": True}, True),
        ({"at_least": 1.9, "surely": True}, False),
        ({"at_most": 2.1, "surely": True}, False),
    ],
)
def test_a_claim_holds_or_does_not(bounds: dict[str, Any], holds: bool):
    assert check_claim(Claim("", "x", **bounds), SAMPLES, "intact").holds is holds


def test_measured_is_what_the_claim_speaks_of():
    assert check_claim(Claim("", "x"), SAMPLES, "intact").measured.value == 2.0
    assert check_claim(Claim("", "x", relative_to="other"), SAMPLES, "intact").measured.value == 0.5
    assert check_claim(Claim("", "x", more_than="other"), SAMPLES, "intact").measured.value == -2.0
    assert check_claim(Claim("", "x", at_least=2.0), SAMPLES, "intact").share == pytest.approx(2 / 3)


@pytest.mark.parametrize("bounds", [{"at_least": 0.0}, {"at_most": 9.0, "surely": True}, {"share": 1.0}])
def test_what_cannot_be_measured_does_not_hold(bounds: dict[str, Any]):
    assert not check_claim(Claim("", "some", **bounds), SAMPLES, "intact").holds


def test_one_seed_is_sure_of_nothing():
    alone = {"intact": {"x": np.ones(1)}}
    assert check_claim(Claim("", "x", at_least=0.0), alone, "intact").holds
    assert not check_claim(Claim("", "x", at_least=0.0, surely=True), alone, "intact").holds


def experiment(*claims: Claim, **more: Any) -> Experiment:
    return Experiment("trial", "?", (), lambda seed: {}, claims, ("other",), **more)


LITTLE = Claim("little", "x", at_most=3.0)


def test_claims_that_hold_and_a_control_that_fails_pass():
    judgement = judge(experiment(LITTLE), SAMPLES)
    assert judgement.verdict is Verdict.PASS
    assert judgement.failed_controls == ("other",)
    assert [finding.measured.value for finding in judgement.controls[0][1]] == [4.0]


def test_a_claim_that_does_not_hold_fails():
    assert judge(experiment(LITTLE, Claim("less", "x", at_most=1.0)), SAMPLES).verdict is Verdict.FAIL


def test_a_control_that_does_not_fail_fails():
    judgement = judge(experiment(Claim("much", "x", at_most=5.0)), SAMPLES)
    assert judgement.verdict is Verdict.FAIL
    assert judgement.failed_controls == ()


def test_a_control_is_not_asked_about_itself_nor_about_claims_of_others():
    told = judge(
        experiment(LITTLE, Claim("", "x", at_most=0.0, more_than="other"), Claim("", "x", of="other")), SAMPLES
    )
    assert [finding.claim for finding in told.controls[0][1]] == [LITTLE]


def test_a_control_without_any_measure_in_question_has_not_failed():
    assert judge(experiment(Claim("", "some", at_least=0.0)), SAMPLES).failed_controls == ()


@pytest.mark.parametrize(("bounds", "seeds"), [({}, [np.nan, 9.0, 9.0]), ({"share": 0.5}, [np.nan] * 3)])
def test_a_control_that_measured_nothing_has_not_failed_and_the_table_says_so(bounds: dict[str, Any], seeds: Any):
    nothing = {**SAMPLES, "other": {"x": np.array(seeds)}}
    judgement = judge(experiment(Claim("little", "x", at_most=3.0, **bounds)), nothing)
    assert (judgement.verdict, judgement.failed_controls) == (Verdict.FAIL, ())
    assert [row[-2:] for row in claims(judgement)[1]] == [["yes", "not measured"]]


def test_a_share_of_the_seeds_is_measured_where_some_are():
    some = {**SAMPLES, "other": {"x": np.array([np.nan, 9.0, 9.0])}}
    judgement = judge(experiment(Claim("little", "x", at_most=3.0, share=1.0)), some)
    assert judgement.failed_controls == ("other",)
    assert claims(judgement)[1][0][-1] == "-, in 0% of seeds: fails"


def test_a_claim_of_which_nothing_was_measured_does_not_hold():
    judgement = judge(experiment(Claim("some", "some", at_least=0.0)), SAMPLES)
    assert claims(judgement)[1][0][1:4] == ["not measured", "at least 0", "NO"]


def test_what_is_pending_or_too_small_never_passes():
    assert judge(experiment(LITTLE, waits_for="a cortex"), SAMPLES).verdict is Verdict.PENDING
    assert judge(experiment(LITTLE), SAMPLES, judged=False).verdict is Verdict.NOT_JUDGED
