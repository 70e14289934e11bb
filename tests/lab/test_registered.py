"""Every experiment of this project can be loaded, is found by its own name, and says where its finding comes from."""

from __future__ import annotations

import pytest

from dualbrain.lab.catalogue import load_experiment
from dualbrain.registry import experiments


@pytest.mark.parametrize("name", experiments())
def test_an_experiment_is_complete(name: str):
    experiment = load_experiment(name)
    assert experiment.name == name
    assert "?" in experiment.about
    assert all(published.finding and published.source for published in experiment.published)
    assert experiment.published
    assert bool(experiment.waits_for) or experiment.figure
