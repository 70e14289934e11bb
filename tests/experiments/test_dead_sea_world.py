"""Salt lick: what a cue is worth to a body is worked out right, and the verdict can turn."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dualbrain.lab.experiment import Outcome, SeedResults
from dualbrain.lab.verdict import Verdict, judge
from experiments.appetite import dead_sea_world as experiment
from experiments.appetite.dead_sea_world import FROZEN, SALT_LICK, SCALAR, Thoughts

BITS = ("salt lever[+0,+0]", "hears salt tone", "sodium>0/4", "sodium>1/4", "sodium>2/4", "sodium>3/4")


class Brain:
    """Foresees half a meal and .8 of a taste of salt wherever the tone is heard; values what it sees of its body."""

    def __init__(self, world: Any = None) -> None:
        self.env = SimpleNamespace(get_attr=lambda *_: [world])

    def get_env(self) -> Any:
        return self.env

    def assess(self, seen: Any) -> dict[str, Any]:
        tone = seen[:, 1].astype(np.float32)
        return {"short": {"hunger.food": 0.5 * tone, "salt.salt": 0.8 * tone}, "valence": seen[:, 2:].sum(axis=1)}


def moments(energy: float, sodium: float, many: int = 2) -> Thoughts:
    seen = np.tile(np.array([0, 1, 1, 1, 1, 0], np.uint8), (many, 1))
    return Thoughts(seen, np.full(many, energy, np.float32), np.full(many, sodium, np.float32))


def test_composed_valence_is_weight_times_worth_times_prediction() -> None:
    judge_of = experiment.composed(Brain())
    replete = moments(energy=0.72, sodium=0.75)
    food = 5.0 * (1.0 - 0.72 / 0.8) * 0.5
    assert judge_of(replete) == pytest.approx(food - 0.8, abs=1e-5)
    assert judge_of(replete.depleted()) == pytest.approx(food + 0.8, abs=1e-5)
    assert judge_of(replete) == pytest.approx(food - 0.8, abs=1e-5)


def test_frozen_worths_know_no_depletion() -> None:
    judge_of = experiment.composed(Brain(), freeze_worth=True)
    assert judge_of(moments(0.72, 0.75)) == judge_of(moments(0.72, 0.75).depleted())


def test_the_critic_sees_what_the_cortex_is_told() -> None:
    brain = Brain(SimpleNamespace(layout=SimpleNamespace(bit_names=BITS)))
    judge_of, informed = experiment.critic(brain), experiment.told(brain, experiment.critic(brain))
    replete = moments(0.72, 0.75)
    assert judge_of(replete) == judge_of(replete.depleted()) == informed(replete) == 3.0
    assert informed(replete.depleted()) == 1.0
    assert (replete.observations == moments(0.72, 0.75).observations).all()


def test_what_the_judgements_come_to() -> None:
    values = {"salt, replete": -0.5, "salt, depleted": 0.5, "sugar, replete": 2.0, "sugar, depleted": 2.1}
    told = experiment.changes(values, again=-0.4)
    assert told == pytest.approx({"turns": 1.0, "salt changes": 1.0, "sugar changes": 0.05, "stays changed": 0.2})
    assert experiment.changes(values | {"salt, replete": 0.1}, again=0.1)["turns"] == 0.0


def test_the_latest_moments_with_a_cue_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiment, "KEPT", 2)
    diary = experiment.Diary({"salt": 1})
    for step in range(3):
        body = {"energy": np.array([0.1, 0.2 * step]), "sodium": np.array([0.7, 0.8])}
        agent: Any = Brain(SimpleNamespace(reset_senses=body))
        assert diary({"self": agent, "new_obs": np.array([[1, 0, 0], [0, 1, step]])}, {})
    kept = diary.thoughts["salt"]
    assert kept.observations.tolist() == [[0, 1, 1], [0, 1, 2]]
    assert kept.energy.tolist() == [0.2, 0.4]
    assert kept.sodium.tolist() == [0.8, 0.8]


def found(turning: int, sugar: float = 0.01, learned: float = 0.0) -> SeedResults:
    """Return made-up outcomes of 20 seeds, of whom some turn."""

    def lived(turns: float) -> Outcome:
        same = {"turns": 0.0, "sugar changes": 0.0, "stays changed": 0.0, "weights change": 0.0}
        intact = same | {"turns": turns, "sugar changes": sugar, "weights change": learned}
        return {"intact": intact, SCALAR: same, FROZEN: same}

    return SALT_LICK.found([lived(float(seed < turning)) for seed in range(20)])


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        (found(turning=19), Verdict.PASS),
        (found(turning=18), Verdict.FAIL),
        (found(turning=20, sugar=0.2), Verdict.FAIL),
        (found(turning=20, learned=1e-9), Verdict.FAIL),
    ],
)
def test_nineteen_of_twenty_must_turn_alone_and_untaught(made: SeedResults, verdict: Verdict) -> None:
    judgement = judge(SALT_LICK, made)
    assert judgement.verdict is verdict
    assert judgement.failed_controls == SALT_LICK.controls


def test_acting_on_it_waits() -> None:
    assert judge(experiment.DEAD_SEA_ACTING, {}).verdict is Verdict.PENDING


def test_the_whole_of_it_on_a_tiny_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiment, "N_ENVS", 32)
    made = experiment.run(seed=0, steps=8_192)
    assert set(made) > {"intact", *SALT_LICK.controls}
    assert np.all(np.array(made["intact"]["salt changes"]) > 0.0)
    assert made["intact"]["weights change"] == 0.0
    assert made[SCALAR]["salt changes"] == made[FROZEN]["salt changes"] == 0.0
