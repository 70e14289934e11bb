"""What the chamber's verdicts rest on: break the mechanism and they turn.

Learning is switched off, outcomes are shuffled in time, or the gate is opened; each time one animal is enough, since an
animal that cannot learn does not learn by chance either.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pytest

from dualbrain.chamber import Chamber, DriveChamber
from dualbrain.chamber.chamber import Floats
from dualbrain.chamber.delta_rule import DeltaRule
from dualbrain.chamber.td_lambda import TDLambda
from dualbrain.lab.catalogue import load_registered
from dualbrain.lab.experiment import Experiment
from dualbrain.lab.verdict import Verdict, judge
from tests.lab.long_experiments import by_name

CHAMBER = {name: each for name, each in load_registered()[0].items() if each.in_chamber and not each.waits_for}
NOTHING_TO_LEARN = {"drive-reduction"}
"""Its reward follows from the body alone."""
TIME_IS_NOTHING = {
    "devaluation": "what is foretold, even if less, is worth nothing once the body has had enough",
    "spider-gate-chamber": "the fear is kept, however it was got",
    "timing": "trials are as long as their gaps, so that the time at which outcomes come goes with them even so",
    "trace": "trials to half of the outcome, which come late when outcomes are anywhere",
    "wire-cut": "what is cut off is gone, however it was got",
}
"""Verdicts that do not turn when outcomes are shuffled within trials, and why: they are about something else."""


def verdict(experiment: Experiment, seed: int = 0) -> Verdict:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # correlations of what does not vary
        return judge(experiment, experiment.found([experiment.outcome(seed, 0)])).verdict


@pytest.fixture
def no_learning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TDLambda, "lesson", lambda _, __, trace, *___: 0.0 * trace)
    monkeypatch.setattr(DeltaRule, "learn_episode", lambda *_: None)


@pytest.fixture
def shuffled_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)

    def shuffling(method: Callable[..., Floats]) -> Callable[..., Floats]:
        return lambda *given: np.asarray(rng.permutation(method(*given)))

    for kind in (Chamber, DriveChamber):
        monkeypatch.setattr(kind, "_cumulants", shuffling(kind._cumulants))
    live = DeltaRule.learn_episode
    monkeypatch.setattr(
        DeltaRule, "learn_episode", lambda self, seen, truth: live(self, seen, truth[rng.permutation(len(truth))])
    )


@pytest.mark.parametrize("name", by_name(CHAMBER.keys() - NOTHING_TO_LEARN))
def test_without_learning_it_fails(name: str, no_learning: None):
    assert verdict(CHAMBER[name]) is Verdict.FAIL


@pytest.mark.parametrize("name", by_name(CHAMBER.keys() - NOTHING_TO_LEARN - TIME_IS_NOTHING.keys()))
def test_with_the_truth_shuffled_in_time_it_fails(name: str, shuffled_truth: None):
    assert verdict(CHAMBER[name]) is Verdict.FAIL


def test_with_the_gate_open_the_fear_is_lost(monkeypatch: pytest.MonkeyPatch):
    born = DeltaRule.__post_init__

    def opened(self: DeltaRule) -> None:
        born(self)
        self.unlearn = 1.0

    monkeypatch.setattr(DeltaRule, "__post_init__", opened)
    assert verdict(CHAMBER["spider-gate-chamber"]) is Verdict.FAIL
