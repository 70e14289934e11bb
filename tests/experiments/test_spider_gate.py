"""The spider gate runs end to end on a tiny budget, and its verdict follows from what was measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dualbrain.lab.verdict import ExperimentResult, Verdict
from experiments.fear.spider_gate import CONDITIONS, SPIDER_GATE
from tests.lab.judging import judged, says_no


def made_up(intact: float = 1.0, opened: float = 0.0, cut: float = 0.0, unrelated: float = 0.0) -> ExperimentResult:
    """Judge three seeds in which such shares of the valence are left."""
    before = {"valence": np.full(3, -0.1), "prediction": np.full(3, 0.1), "unrelated": np.full(3, unrelated)}
    after = dict(zip(CONDITIONS, (intact, opened, cut), strict=True))
    lived = {name: before | {"valence": -0.1 * np.full(3, share)} for name, share in after.items()}
    return judged(SPIDER_GATE, {"before": before} | lived)


def test_a_fear_that_is_kept_and_controls_that_lose_it_are_a_pass():
    assert made_up().verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("wrong", "claim"),
    [
        ({"intact": 0.89}, "at least .9"),
        ({"unrelated": 0.006}, "unrelated word"),
        ({"unrelated": -0.006}, "unrelated word"),
        ({"opened": 0.06}, "gate open"),
        ({"cut": -0.06}, "wire cut"),
    ],
)
def test_each_claim_can_fail(wrong: dict[str, float], claim: str):
    judgement = made_up(**wrong)
    assert judgement.verdict is Verdict.FAIL
    assert claim in says_no(judgement)[0]


def test_a_control_that_keeps_the_fear_does_not_fail():
    assert made_up(opened=1.0).failed_controls == ("wire cut",)


def test_it_runs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("experiments.fear.spider_gate.ADULT", {"n_epochs": 1, "batch_size": 512})
    monkeypatch.setattr("experiments.fear.spider_gate.MENTIONS", 20_000)
    found = SPIDER_GATE.outcome(0, 2048)
    assert set(found) == {"before", *CONDITIONS}
    assert all(np.isfinite(value) for measures in found.values() for value in measures.values())
    foreseen: dict[str, Any] = {name: measures["prediction"] for name, measures in found.items()}
    assert foreseen["gate open"] < 0.5 * foreseen["before"]
    assert foreseen["intact"] >= 0.9 * foreseen["before"]
    assert foreseen["wire cut"] == foreseen["intact"], "what is paid teaches the critic, not the assessor"
