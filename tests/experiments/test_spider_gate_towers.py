"""Spider gate with hidden layers: memories go along, its verdict follows from what was measured, and it runs."""

from __future__ import annotations

import numpy as np
import pytest

from dualbrain.lab.verdict import ExperimentResult, Verdict
from experiments.fear import spider_gate_towers as towers
from experiments.fear.spider_gate_towers import CONDITIONS, SPIDER_GATE_TOWERS
from tests.lab.judging import judged, says_no

FAST = {"predictive": {"cortex": "predictive", "cortex_kwargs": {"schedule": {"updates": 1}}}, "mlp": {"cortex": "mlp"}}


def made_up(kept: float = 1.0, paid: float = 1.0, unrelated: float = 0.0, mlp: float = 0.1) -> ExperimentResult:
    """Judge three seeds in which such shares are left."""

    def found(valence: float, paid: float) -> dict[str, np.ndarray]:
        numbers = {"valence": -0.1 * valence, "paid": 0.1 * paid, "unrelated": -0.1 * unrelated, "prediction": 0.1}
        return {name: np.full(3, value) for name, value in numbers.items()}

    whole = {f"{when}, {cortex}": found(1.0, 1.0) for when in ("infant", "before") for cortex in ("predictive", "mlp")}
    after = {"intact": found(kept, paid), "gate open": found(0.5, 0.5), "wire cut": found(0.0, 1.0)}
    return judged(SPIDER_GATE_TOWERS, whole | after | {"mlp": found(1.0, mlp)})


def test_a_fear_that_is_kept_and_controls_that_lose_it_are_a_pass():
    assert made_up().verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("wrong", "claim"),
    [({"kept": 0.89}, "valence is left"), ({"paid": 0.89}, "is paid"), ({"unrelated": -0.06}, "unrelated word")],
)
def test_each_claim_can_fail(wrong: dict[str, float], claim: str):
    judgement = made_up(**wrong)
    assert judgement.verdict is Verdict.FAIL
    assert claim in says_no(judgement)[0]


def test_a_tower_that_keeps_the_fear_does_not_fail():
    assert made_up(mlp=1.0).failed_controls == ("gate open", "wire cut")


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(towers, "CORTICES", FAST)
    monkeypatch.setattr(towers, "PRICED", {1e-3: 256})
    monkeypatch.setattr(towers, "PRICING", {"n_epochs": 1, "batch_size": 256})
    monkeypatch.setattr(towers, "ADULT", {"n_epochs": 1, "batch_size": 256})


@pytest.mark.filterwarnings("ignore:You have specified a mini-batch size")
@pytest.mark.usefixtures("fast")
def test_what_was_remembered_goes_along():
    infant = towers.train_agent(0, 256, "predictive")
    adult = towers.among_words(infant, towers.ADULT)
    assert adult.cortex_learning.memory.ring.filled == 1
    adult.learn(256)
    assert adult.cortex_learning.memory.ring.filled == 2


@pytest.mark.filterwarnings("ignore:You have specified a mini-batch size")
@pytest.mark.usefixtures("fast")
def test_it_runs():
    found = SPIDER_GATE_TOWERS.outcome(0, 256)
    assert found.keys() >= CONDITIONS.keys()
    assert all(np.isfinite(value) for measures in found.values() for value in measures.values())
