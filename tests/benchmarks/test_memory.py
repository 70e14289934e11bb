"""What a memory is good for is measured on episodes that chance solves half of."""

from __future__ import annotations

import pytest

from benchmarks import memory
from benchmarks.memory import BRAINS, SALTLICK, SEEN, TMAZE, brain, report, seek, solve
from dualbrain.worlds.probes import probes_of


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "N_ENVS", 2)
    monkeypatch.setattr(memory, "EPISODES", 4)
    monkeypatch.setattr(memory, "LIFE", 40)


@pytest.mark.usefixtures("small")
def test_both_brains_learn_by_the_same_numbers_and_differ_in_their_cortex():
    remembering, forgetting = (brain(name, TMAZE, 0) for name in BRAINS)
    assert (remembering.cortex, remembering.reads, forgetting.cortex) == ("recurrent", "both", "mlp")
    for name in ("n_steps", "batch_size", "learning_rate", "gamma"):
        assert getattr(remembering, name) == getattr(forgetting, name)


@pytest.mark.usefixtures("small")
def test_lives_that_saw_the_lever_are_counted_and_those_that_reached_it():
    saw, found = seek("mlp", 0, 1)
    assert 0.0 < saw <= 1.0
    assert 0.0 <= found <= 1.0
    assert SEEN in probes_of(brain("mlp", SALTLICK, 0).get_env()).layout.planes


def test_the_report_names_brain_and_seed():
    assert report("mlp", 2, 0.5, 0.04) == "TMaze, mlp, seed 2: score 0.500; 0.040 CPU ms a step"


@pytest.mark.slow
def test_a_brain_that_remembers_solves_what_one_that_does_not_cannot():
    assert solve("recurrent", 100, 1_000_000)[0] >= 0.95
    assert solve("mlp", 100, 300_000)[0] < 0.6
