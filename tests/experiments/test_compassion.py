"""Compassion: what is measured of a brain, how it is judged, and the whole of it on a tiny budget."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dualbrain.lab.verdict import ExperimentResult, Verdict
from dualbrain.worlds.probes import probes_of
from experiments.social import compassion
from experiments.social.compassion import COMPASSION, CONDITIONS, FLAGLESS
from tests.lab.judging import judged, says_no


def made_up(
    intact: float = 1.0,
    control: float = 0.1,
    friend: float = -0.1,
    enemy: float = 0.1,
    flagless: float = 0.0,
    afterwards: tuple[float, float] | None = None,
) -> ExperimentResult:
    """Judge two seeds in which such shares of the rewards are kept."""

    def lived(share: float, scale: float = 1.0) -> dict[str, np.ndarray]:
        before = {"friend": friend, "enemy": enemy, "distress": 0.1}
        after = {f"{name} after": share * value for name, value in before.items()}
        return {name: np.full(2, scale * value) for name, value in (before | after).items()}

    shares = dict(zip(CONDITIONS, (intact, control, 0.1), strict=True))
    found = {name: lived(share) for name, share in shares.items()} | {FLAGLESS: lived(1.0, flagless)}
    if afterwards:
        found["intact"]["friend after"] = np.array(afterwards)
    return judged(COMPASSION, found)


def test_all_claims_borne_out_are_a_pass():
    assert made_up().verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("wrong", "claim"),
    [
        ({"intact": 0.79}, "at least .8 of that is kept"),
        ({"friend": 0.1}, "a friend's pain is bad"),
        ({"enemy": -0.1}, "an enemy's is good"),
        ({"enemy": 0.0}, "an enemy's is good"),
        ({"flagless": 0.01}, "without the flag"),
        ({"flagless": -0.01}, "without the flag"),
    ],
)
def test_each_claim_can_fail(wrong: dict[str, Any], claim: str):
    judgement = made_up(**wrong)
    assert judgement.verdict is Verdict.FAIL
    assert [each.startswith(claim) for each in says_no(judgement)] == [True]


def test_either_control_can_hold_out():
    judgement = made_up(control=0.9)
    assert judgement.verdict is Verdict.FAIL
    assert judgement.failed_controls == ("gate open",)


def test_no_seed_makes_up_for_another():
    judgement = made_up(afterwards=(-0.3, -0.05))
    (kept,) = [finding.measured.value for finding in judgement.claims if finding.claim.measure == "kept"]
    assert kept == pytest.approx(0.75)
    assert says_no(judgement) == ["at least .8 of that is kept, of each seed at most all"]


def test_it_runs(hasty: None):
    found = COMPASSION.outcome(0, 1024)
    assert list(found) == [*CONDITIONS, FLAGLESS]
    assert all(np.isfinite(value) for measures in found.values() for value in measures.values())
    assert found[FLAGLESS]["friend"] == found[FLAGLESS]["enemy after"] == 0.0
    assert len({found[condition]["friend"] for condition in CONDITIONS}) == 1, "all begin as the same brain"


@pytest.mark.slow
def test_the_same_seed_comes_to_the_same(hasty: None):
    assert COMPASSION.outcome(1, 512) == COMPASSION.outcome(1, 512)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(compassion, "CRIES", 1)


def test_the_heard_is_set_by_hand_and_the_unseen_is_told():
    agent = compassion.grow_up(compassion.train_agent(0, 512), 512)
    lived = agent.rollout_buffer.observations.reshape(8 * agent.n_steps, -1)
    layout = probes_of(agent.get_env()).layout
    heard = compassion.hearing(agent, lived, "spider", "friend")
    assert set(np.array(layout.words)[heard[0, layout.word] > 0]) == {"spider", "friend"}
    assert (heard[:, layout.view] == lived[:, layout.view]).all()
    alone = compassion.nobody_in_view(agent, lived)
    somebody = np.zeros_like(lived[:1])
    somebody[0, layout.bit_names.index("enemy[+1,+0]")] = 1
    assert alone.any()
    assert not compassion.nobody_in_view(agent, somebody).any()
