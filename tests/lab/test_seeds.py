"""A seed is a seed: every experiment, in the chamber and in worlds, comes to the same again."""

from __future__ import annotations

import pytest

from dualbrain.lab.catalogue import load_registered
from dualbrain.registry import register_worlds

EXPERIMENTS = {name: each for name, each in load_registered()[0].items() if not each.waits_for}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sorted(EXPERIMENTS))
def test_the_same_seed_comes_to_the_same(name: str):
    register_worlds()
    experiment = EXPERIMENTS[name]
    first, second = (repr(experiment.outcome(3, experiment.quick_steps)) for _ in range(2))
    assert first == second
