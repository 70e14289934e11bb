"""The spider gate runs end to end on a tiny budget, and its verdict follows from what was measured."""

from __future__ import annotations

import numpy as np
import pytest

from experiments import spider_gate
from experiments.spider_gate import CONDITIONS, SPIDER_GATE, report


def made_up(intact: float = 1.0, control: float = 0.0, unrelated: float = 0.0):
    before = {"valence": np.full(3, -0.1), "prediction": np.full(3, 0.1), "unrelated": np.full(3, unrelated)}
    after = {"intact": intact, "gate open": control, "wire cut": control}
    return {"before": before} | {name: before | {"valence": -0.1 * np.full(3, after[name])} for name in CONDITIONS}


def test_the_verdict():
    assert "Reproduced, and both controls fail." in report(made_up())
    assert "only 0.50 kept" in report(made_up(intact=0.5))
    assert "gate open: 0.60 left, wire cut: 0.60 left" in report(made_up(control=0.6))
    assert "unrelated words matter too" in report(made_up(unrelated=0.05))


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr(spider_gate, "PRICED", 512)
    monkeypatch.setattr(spider_gate, "MENTIONS", 100)
    monkeypatch.setattr(spider_gate, "ADULT", {"n_epochs": 1, "batch_size": 512})


def test_it_runs(hasty):
    found = SPIDER_GATE.run(0, 2048)
    assert set(found) == {"before", *CONDITIONS}
    assert all(np.isfinite(value) for measures in found.values() for value in measures.values())
    foreseen = {name: measures["prediction"] for name, measures in found.items()}
    assert foreseen["gate open"] < 0.5 * foreseen["before"]
    assert foreseen["intact"] >= 0.9 * foreseen["before"]
    assert foreseen["wire cut"] == foreseen["intact"], "what is paid teaches the critic, not the assessor"
