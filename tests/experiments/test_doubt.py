"""Doubt: every claim can fail, measures of known answers, and the whole of it on a tiny budget."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dualbrain.lab.verdict import ExperimentResult, Verdict
from experiments.social.doubt import DOUBT
from experiments.social.doubt_conditions import BITS, ENSEMBLE, RANDOM, SILENT, STUBBORN
from experiments.social.doubt_measures import bit_surprise, disagreement, ensemble
from experiments.social.doubt_raising import Raised
from experiments.social.doubt_trial import trial
from tests.lab.judging import judged, says_no

GOOD = {
    "intact": {
        "auroc, mixed": 1.0,
        "score, strange": 100.0,
        "score, mixed": 100.0,
        "false alarms": 0.0,
        "false alarms, rare things": 0.01,
        "false alarms, worst of four": 1.0,
    },
    ENSEMBLE: {"auroc, mixed": 0.6},
    BITS: {"auroc, mixed": 0.9},
    SILENT: {"score, strange": 70.0, "score, mixed": 30.0},
    RANDOM: {"score, strange": 80.0, "score, mixed": 40.0},
    STUBBORN: {"false alarms": 0.0, "false alarms, rare things": 0.01, "false alarms, worst of four": 4.0},
}


def made_up(of: str = "intact", measure: str = "auroc, mixed", value: float | None = None) -> ExperimentResult:
    """Judge three seeds that are good but for one measure of a condition."""
    measures = GOOD | ({} if value is None else {of: GOOD[of] | {measure: value}})
    return judged(DOUBT, {name: {key: np.full(3, each) for key, each in one.items()} for name, one in measures.items()})


def test_what_is_recognised_and_worth_asking_about_passes():
    assert made_up().verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("of", "measure", "value"),
    [
        ("intact", "auroc, mixed", 0.97),
        ("intact", "score, strange", 89.0),
        ("intact", "score, mixed", 89.0),
        ("intact", "false alarms", 0.03),
        ("intact", "false alarms, rare things", 0.03),
        ("intact", "false alarms, worst of four", 2.1),
        (ENSEMBLE, "auroc, mixed", 0.76),
        (BITS, "auroc, mixed", 0.93),
        (SILENT, "score, mixed", 61.0),
        (RANDOM, "score, mixed", 66.0),
    ],
)
def test_each_claim_can_fail(of: str, measure: str, value: float):
    judgement = made_up(of, measure, value)
    assert judgement.verdict is Verdict.FAIL
    assert len(says_no(judgement)) == 1


def test_a_drive_that_never_gives_up_must_doubt_too_often():
    assert STUBBORN not in made_up(STUBBORN, "false alarms, worst of four", 1.9).failed_controls


def life(near: Any) -> Raised:
    """Rows of bits that were met, half of which brought a reward."""
    rows = np.asarray(near, np.uint8)
    target = np.zeros((len(rows), 2), np.float32)
    target[::2, 0] = 1.0
    return Raised(rows, target, np.ones_like(target), {})


def test_bits_are_as_surprising_as_they_were_rare():
    met = life([[1, 0]] * 9)
    np.testing.assert_allclose(bit_surprise(np.array([[1, 0], [1, 1]]), met), -np.log([0.95 * 0.95, 0.95 * 0.05]))


def test_assessors_that_are_one_agree_and_others_do_not():
    met = life([[1, 0, 1], [0, 1, 0]] * 20)
    members = ensemble(0, met, 3)
    assert (disagreement(members[:1] * 2, met.near, met) == 0).all()
    assert (disagreement(members, met.near, met) > 0).all()


def test_the_whole_of_it_on_a_tiny_budget(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("experiments.social.doubt_raising.RAISING", 8)
    few = {"RAISING": 8, "LIVES": 2, "SHOWN": 8, "NOMINAL": (0.01,), "SPARSE": {"safe": 1, "dangerous": 1}}
    for name, value in few.items():
        monkeypatch.setattr(f"experiments.social.doubt_trial.{name}", value)
    found = trial(0, 400, 64_000)
    for name, measures in GOOD.items():
        assert measures.keys() <= found[name].keys()
    assert all(np.isfinite(value) for measures in found.values() for value in measures.values())
    assert np.min(found["intact"]["auroc, mixed"]) > 0.95
