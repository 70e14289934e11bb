"""What training with a cortex of its own costs, against the reference in the same turns."""

from __future__ import annotations

from benchmarks.cortices import Cost, measure, report


def test_each_cortex_is_measured_against_the_reference():
    mlp, predictive = measure("dualbrain/Forage-v0", 4, 1, n_steps=16, batch_size=64, n_epochs=1)
    assert (mlp.cortex, mlp.multiple, mlp.memory) == ("mlp", 1.0, 0)
    assert predictive.cortex == "predictive"
    assert predictive.seconds > 0.0
    assert 2**25 < predictive.memory <= 2**26


def test_the_report_says_what_is_kept():
    cost = Cost("predictive", "a world", 1.5, 1.9, 2**26)
    assert (
        report(cost)
        == "a world with predictive: 1.50 CPU s a rollout, 1.90 of it (at most 2: kept); its memory has up to 64 MiB"
    )
    assert "MISSED" in report(Cost("predictive", "a world", 1.5, 2.1, 0))
    assert report(Cost("mlp", "a world", 1.5, 1.0, 0)) == "a world with mlp: 1.50 CPU s a rollout, the reference"
