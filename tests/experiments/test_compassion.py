"""Compassion: what is measured of a brain, how it is judged, and the whole of it on a tiny budget."""

from __future__ import annotations

import numpy as np
import pytest

from experiments import compassion
from experiments.compassion import COMPASSION, CONDITIONS, FLAGLESS, report, verdict

FLAG = "without the flag nothing is paid"


def made_up(intact: float = 1.0, control: float = 0.1, friend: float = -0.1, enemy: float = 0.1, flagless: float = 0.0):
    """Return outcomes of two seeds in which such shares of the rewards are kept."""

    def lived(share: float, scale: float = 1.0):
        before = {"friend": friend, "enemy": enemy, "distress": 0.1}
        after = {f"{name} after": share * value for name, value in before.items()}
        return {name: np.full(2, scale * value) for name, value in (before | after).items()}

    shares = dict(zip(CONDITIONS, (intact, control, control), strict=True))
    return {name: lived(share) for name, share in shares.items()} | {FLAGLESS: lived(1.0, flagless)}


def test_all_claims_borne_out_are_a_pass():
    assert all(verdict(made_up()).values())
    assert report(made_up()).endswith("Verdict: PASS")


@pytest.mark.parametrize(
    ("wrong", "claims"),
    [
        ({"intact": 0.79}, {"at least 0.8 of it is kept"}),
        ({"friend": 0.1}, {"a friend's pain is bad in every seed, before and after"}),
        ({"enemy": -0.1}, {"an enemy's is good in every seed, before and after"}),
        ({"flagless": 0.01}, {FLAG}),
        ({"control": 0.9}, {f"control '{name}' fails" for name in CONDITIONS[1:]}),
    ],
)
def test_each_claim_can_fail(wrong: dict[str, float], claims: set[str]):
    found = made_up(**wrong)
    assert {claim for claim, borne_out in verdict(found).items() if not borne_out} == claims
    assert report(found).endswith("Verdict: FAIL")


def test_no_seed_makes_up_for_another():
    found = made_up()
    found["intact"]["friend after"] = np.array([-0.3, -0.05])
    assert compassion.kept(found, "intact").tolist() == pytest.approx([1.0, 0.5])
    assert not verdict(found)["at least 0.8 of it is kept"]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(compassion, "N_ENVS", 8)
    monkeypatch.setattr(compassion, "CRIES", 1)
    monkeypatch.setattr(compassion, "GROWN", {"learning_rate": 3e-4, "n_epochs": 1, "batch_size": 512})


def test_it_runs(hasty: None):
    found = COMPASSION.run(0, 1024)
    assert list(found) == [*CONDITIONS, FLAGLESS]
    assert all(np.isfinite(value) for measures in found.values() for value in measures.values())
    assert found[FLAGLESS]["friend"] == found[FLAGLESS]["enemy after"] == 0.0
    assert len({found[condition]["friend"] for condition in CONDITIONS}) == 1, "all begin as the same brain"


def test_the_heard_is_set_by_hand_and_the_unseen_is_told(hasty: None):
    agent = compassion.grow_up(compassion.raise_infant(0, 512))
    lived = agent.rollout_buffer.observations.reshape(8 * agent.n_steps, -1)
    layout = agent.get_env().get_attr("layout", 0)[0]
    heard = compassion.hearing(agent, lived, "spider", "friend")
    assert set(np.array(layout.words)[heard[0, layout.word] > 0]) == {"spider", "friend"}
    assert (heard[:, layout.view] == lived[:, layout.view]).all()
    alone = compassion.nobody_in_view(agent, lived)
    somebody = np.zeros_like(lived[:1])
    somebody[0, layout.bit_names.index("enemy[+1,+0]")] = 1
    assert alone.any()
    assert not compassion.nobody_in_view(agent, somebody).any()
