"""Approval: what is measured of a brain's words, how it is judged, and the whole of it on a tiny budget."""

from __future__ import annotations

import numpy as np
import pytest

from dualbrain.lab.verdict import ExperimentResult, Verdict
from dualbrain.worlds.probes import probes_of
from experiments.social import approval
from experiments.social.approval import APPROVAL, BADGES, CONDITIONS
from tests.lab.judging import judged, says_no


def made_up(red: float = 0.9, blue: float = 0.9, control: float = 0.4) -> ExperimentResult:
    """Judge two seeds with such shares of what is avoided."""
    shares = {"intact, red": red, "intact, blue": blue, "wire cut, red": control, "wire cut, blue": 0.3}
    other = {"avoided before": np.full(2, 0.33), "said": np.full(2, 0.5)}
    return judged(
        APPROVAL, {name: {"avoided": np.array([share - 0.05, share + 0.05])} | other for name, share in shares.items()}
    )


def test_both_badges_must_be_minded_and_the_control_must_not():
    assert made_up().verdict is Verdict.PASS
    assert made_up().failed_controls == ("wire cut, red", "wire cut, blue")


@pytest.mark.parametrize(("wrong", "badge"), [({"red": 0.79}, "red"), ({"blue": 0.3}, "blue")])
def test_each_claim_can_fail(wrong: dict[str, float], badge: str):
    judgement = made_up(**wrong)
    assert judgement.verdict is Verdict.FAIL
    assert [badge in claim for claim in says_no(judgement)] == [True]


def test_either_control_can_hold_out():
    judgement = made_up(control=0.9)
    assert judgement.verdict is Verdict.FAIL
    assert judgement.failed_controls == ("wire cut, blue",)


def test_it_runs():
    found = APPROVAL.outcome(0, 1024)
    assert list(found) == [f"{condition}, {badge}" for condition in CONDITIONS for badge in BADGES]
    shares = np.array([[*measures.values()] for measures in found.values()])
    assert ((shares >= 0.0) & (shares <= 1.0)).all()
    for badge in BADGES:
        assert found[f"intact, {badge}"]["said before"] == found[f"wire cut, {badge}"]["said before"]


class Parrot:
    """Says one word, and nothing else."""

    def __init__(self, agent, word: str):
        self.env = agent.get_env()
        self.action = probes_of(self.env).action_names.index(word)

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
def test_what_is_said_to_whom_counts(badge: str, word: str, avoided: float, said: float):
    agent = approval.meet_observer(approval.train_agent(0, 512), badge, 512)
    assert approval.talk(Parrot(agent, word)) == {"avoided": avoided, "said": said}


def test_the_observer_pays_by_thought_alone():
    agent = approval.meet_observer(approval.train_agent(0, 512), "red", 512)
    agent.learn(512, reset_num_timesteps=False)
    assert np.isnan(agent.rollout.truth).all()
