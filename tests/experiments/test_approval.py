"""Approval: what is measured of a brain's words, how it is judged, and the whole of it on a tiny budget."""

from __future__ import annotations

import numpy as np
import pytest

from experiments import approval
from experiments.approval import APPROVAL, BADGES, CONDITIONS, report, verdict


def made_up(red: float = 0.9, blue: float = 0.9, control: float = 0.4):
    """Return outcomes of two seeds with such shares of what is avoided."""
    shares = {"intact, red": red, "intact, blue": blue, "wire cut, red": control, "wire cut, blue": control}
    other = {"avoided before": np.full(2, 0.33), "said": np.full(2, 0.5)}
    return {name: {"avoided": np.array([share - 0.05, share + 0.05])} | other for name, share in shares.items()}


def test_both_badges_must_be_minded_and_the_control_must_not():
    assert all(verdict(made_up()).values())
    assert report(made_up()).endswith("Verdict: PASS")


@pytest.mark.parametrize(("wrong", "count"), [({"red": 0.79}, 1), ({"blue": 0.3}, 1), ({"control": 0.9}, 2)])
def test_each_claim_can_fail(wrong: dict[str, float], count: int):
    found = made_up(**wrong)
    assert sum(not borne_out for borne_out in verdict(found).values()) == count
    assert report(found).endswith("Verdict: FAIL")


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(approval, "N_ENVS", 8)
    monkeypatch.setattr(approval, "ACQUAINTED", 512)
    monkeypatch.setattr(approval, "GROWN", {"learning_rate": 3e-4, "n_epochs": 1, "batch_size": 512})


def test_it_runs(hasty: None):
    found = APPROVAL.run(0, 1024)
    assert list(found) == [f"{condition}, {badge}" for condition in CONDITIONS for badge in BADGES]
    assert all(0.0 <= value <= 1.0 for measures in found.values() for value in measures.values())
    for badge in BADGES:
        assert found[f"intact, {badge}"]["said before"] == found[f"wire cut, {badge}"]["said before"]


class Parrot:
    """Says one word, and nothing else."""

    def __init__(self, agent, word: str):
        self.env = agent.get_env()
        self.action = self.env.get_attr("world", 0)[0].action_names.index(word)

    def get_env(self):
        return self.env

    def predict(self, obs):
        return np.full(len(obs), self.action), None


@pytest.mark.parametrize(
    ("badge", "word", "avoided", "said"),
    [
        ("red", "say fire", 1.0, 1.0),
        ("red", "say river", 0.0, 1.0),
        ("blue", "say river", 1.0, 1.0),
        ("blue", "say dust", 0.0, 1.0),
        ("blue", "rest", 1.0, 0.0),
    ],
)
def test_what_is_said_to_whom_counts(hasty: None, badge: str, word: str, avoided: float, said: float):
    agent = approval.meet_observer(approval.raise_infant(0, 512), badge)
    assert approval.talk(Parrot(agent, word)) == {"avoided": avoided, "said": said}


def test_the_observer_pays_by_thought_alone(hasty: None):
    agent = approval.meet_observer(approval.raise_infant(0, 512), "red")
    agent.learn(512, reset_num_timesteps=False)
    assert np.isnan(agent.record.truth).all()
