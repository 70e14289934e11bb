"""Drives exchanged in a grown brain: what is kept predicts as before, what is new starts empty, and life goes on."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from stable_baselines3.common.logger import configure

from agents import DualBrainPPO
from dualbrain import RewardModule, Signal, SteeringSubsystem, UserError
from reward_modules import Extrinsic, Hunger, Novelty
from tests.agents.test_save_load import STEPS, contents, same, several
from tests.event_files import read
from tests.sample_worlds.counting import LENGTHS, Count

OBS = np.array([[0, 1, 2], [1, 1, 1], [2, 0, 5]], np.float32)
KEPT = ("count.age", "count.did", "count.score")


class Age(RewardModule):
    """Fears a great age, or thinks of it where none is told."""

    emits = (Signal("fear", high=10.0, horizon=2, defer=0.5), Signal("old", horizon=2))

    def truth(self, age):
        return {"fear": np.where(age > 4, age, np.nan), "old": age > 4}


def life(agent: DualBrainPPO) -> DualBrainPPO:
    return agent.learn(2 * STEPS * len(LENGTHS), reset_num_timesteps=False)


def grown(*drives: RewardModule, **kwargs: Any) -> DualBrainPPO:
    settings = {"n_steps": STEPS, "batch_size": 8, "n_epochs": 2, "seed": 5, **kwargs}
    return life(DualBrainPPO("BrainPolicy", several(), steering=drives or (Count(), Novelty()), **settings))


def expectations(agent: DualBrainPPO) -> dict[str, Any]:
    expected = agent.assess(OBS)
    return {kind: {name: expected[kind][name] for name in KEPT} for kind in ("short", "long")}


def voluntary(agent: DualBrainPPO) -> dict[str, torch.Tensor]:
    state = agent.policy.state_dict()
    return {name: value.clone() for name, value in state.items() if not name.startswith(("assessors", "slow"))}


def heads(agent: DualBrainPPO) -> dict[str, torch.Tensor]:
    """Return parameters and running scales of the assessors, and of their slow copy if one is kept, a row per head."""
    assert agent.policy.assessors is not None
    state = {f"live {name}": value.clone() for name, value in agent.policy.assessors.state_dict().items()}
    slow = {} if agent.policy.slow is None else agent.policy.slow[-1].state_dict()
    return state | {f"slow {name}": value.clone() for name, value in slow.items()}


ROUNDING = 1e-5
"""Of predictions by a layer of another width, which BLAS may add up in another order: some 64 float32 roundings."""


def moments(agent: DualBrainPPO) -> dict[str, Any]:
    """Return what the assessors' optimizer remembers of each parameter, by its name."""
    assert agent.policy.assessor_optimizer is not None
    kept = agent.policy.assessor_optimizer.state
    named = agent.policy.named_parameters()
    return {name: {key: v.clone() for key, v in kept[p].items()} for name, p in named if p in kept}


def test_kept_heads_predict_as_before_and_the_rest_is_untouched():
    agent = grown()
    expected, rest, valence = expectations(agent), voluntary(agent), agent.assess(OBS)["valence"]
    before = heads(agent)
    agent.set_steering([Age(), Count()])
    assert list(agent.assess(OBS)["short"]) == ["age.fear", "age.old", *KEPT]
    after = heads(agent)
    assert after.keys() == before.keys()
    assert {name: torch.equal(after[name][2:], before[name][:3]) for name in before} == dict.fromkeys(before, True)
    for kind, predictions in expectations(agent).items():
        for name, values in predictions.items():
            np.testing.assert_allclose(values, expected[kind][name], rtol=ROUNDING)
    assert same(voluntary(agent), rest)
    assert same(agent.assess(OBS)["valence"], valence)


def test_new_heads_expect_nothing():
    agent = grown()
    agent.set_steering([Age(), Count()])
    newborn = agent.assess(OBS)
    assert not newborn["long"]["age.fear"].any()
    assert newborn["short"]["age.old"].max() < 0.05


def test_the_slow_copy_keeps_what_it_read():
    agent = grown()
    assert agent.scorecard is not None
    before = agent.scorecard(OBS)
    assert not np.allclose(before[:, 0], agent.assess(OBS)["short"]["count.age"]), "it trails behind"
    agent.set_steering([Age(), Count()])
    np.testing.assert_allclose(agent.scorecard(OBS)[:, 2:], before[:, :3], rtol=ROUNDING)


def test_a_slow_copy_is_kept_only_where_it_is_read():
    agent = grown(Novelty())
    assert agent.policy.slow is None
    agent.set_steering([Novelty(), Age()])
    assert agent.scorecard is not None
    np.testing.assert_allclose(agent.scorecard(OBS)[:, 0], agent.assess(OBS)["short"]["novelty.novelty"], ROUNDING)
    agent.set_steering([Novelty()])
    assert agent.policy.slow is None


def test_moments_of_trunk_and_kept_heads_are_handed_on():
    agent = grown()
    before = moments(agent)
    agent.set_steering([Age(), Count()])
    after = moments(agent)
    heads = [name for name in before if name.startswith("assessors")]
    assert len(heads) == 4
    assert len(before) > 4
    assert same(*({name: of[name] for name in of if name not in heads} for of in (before, after)))
    for name in heads:
        for moment in ("exp_avg", "exp_avg_sq"):
            assert torch.equal(after[name][moment][2:], before[name][moment][:3]), (name, moment)
        assert torch.equal(after[name]["step"], before[name]["step"])
        assert not after[name]["exp_avg"][:2].any()
        torch.testing.assert_close(after[name]["exp_avg_sq"][0], before[name]["exp_avg_sq"].mean(0))


def test_the_same_drives_again_change_nothing():
    """Networks, slow copy, running scales and both optimizers, bit for bit."""
    agent = grown()
    before = copy.deepcopy(contents(agent))
    agent.set_steering([Count(), Novelty()])
    after = contents(agent)
    assert [what for what in before if not same(before[what], after[what])] == []
    life(agent)
    changed = [what for what in before if not same(before[what], contents(agent)[what])]
    assert changed == [
        "networks, slow copy and running scales",
        "optimizer",
        "assessor optimizer",
        "shuffling",
        "timesteps",
    ]


def test_kept_heads_learn_on_from_where_they_were():
    """One more rollout moves them, by an optimizer that remembers, and not to where they began."""
    agent = grown()
    agent.set_steering([Age(), Count()])
    steps = {name: remembered["step"].item() for name, remembered in moments(agent).items()}
    before = agent.policy.state_dict()["assessors.long.weight"][2:].clone()
    agent.learn(STEPS * len(LENGTHS), reset_num_timesteps=False)
    now = agent.policy.state_dict()["assessors.long.weight"][2:]
    assert (now != before).any(dim=1).all()
    assert (now - before).norm() < 0.5 * before.norm()
    batches = STEPS * len(LENGTHS) // 8
    assert {name: remembered["step"].item() for name, remembered in moments(agent).items()} == {
        name: step + batches for name, step in steps.items()
    }


@pytest.mark.parametrize("detach", [False, True])
def test_training_goes_on_and_survives_saving(tmp_path, detach):
    agent = grown(detach_assessors=detach)
    before = agent.num_timesteps
    agent.set_steering(SteeringSubsystem([Age(), Count()], weights={"count": 2.0}))
    heads = agent.policy.state_dict()["assessors.long.weight"].clone()
    life(agent)
    assert agent.num_timesteps == before + 2 * STEPS * len(LENGTHS)
    assert agent.rollout.truth.shape == (STEPS, len(LENGTHS), 5)
    assert (agent.policy.state_dict()["assessors.long.weight"] != heads).any(dim=1).all()
    agent.save(tmp_path / "model.zip")
    loaded = DualBrainPPO.load(tmp_path / "model.zip", several())
    assert same(loaded.assess(OBS), agent.assess(OBS))
    assert loaded.steering.weights == agent.steering.weights
    assert same(moments(loaded), moments(agent))
    life(loaded)


def test_a_new_body_begins_with_reflexes_of_its_own():
    agent = grown(Novelty())
    assert not agent.rollout.preempted.any()
    agent.set_steering([Novelty(), Count()])
    life(agent)
    assert agent.rollout.preempted.any()
    agent.set_steering([Novelty()])
    life(agent)
    assert not agent.rollout.preempted.any()


def test_the_log_shows_the_new_drives(tmp_path):
    agent = grown(Novelty())
    agent.set_logger(configure(str(tmp_path), ["tensorboard"]))
    life(agent)
    agent.set_steering([Novelty(), Age()])
    life(agent)
    agent.logger.close()
    assert list(agent.report()["signals"]) == ["novelty.novelty", "age.fear", "age.old"]
    events = read(tmp_path)
    assert {"drive/age.old.prediction", "drive/novelty.novelty.prediction"} <= set(events.Tags()["scalars"])
    first, last = (event.tensor_proto.string_val[0] for event in events.Tensors("custom_scalars__config__"))
    assert b"age.fear" not in first
    assert b"age.fear" in last


def test_without_an_environment_and_without_assessors(tmp_path):
    agent = grown()
    agent.save(tmp_path / "model.zip")
    loaded = DualBrainPPO.load(tmp_path / "model.zip")
    loaded.set_steering([Age()])
    loaded.set_env(several())
    life(loaded)
    plain = grown(Novelty(), assessors=False)
    plain.set_steering([Extrinsic()])
    life(plain)
    assert plain.rollout.truth.shape[-1] == 1


@pytest.mark.parametrize(
    ("drives", "told"),
    [
        ([], "no modules"),
        ([Hunger()], "unknown sense 'ate'"),
        ([Age(), Age()], "two modules are named 'age'"),
    ],
)
def test_what_does_not_fit_is_told_and_changes_nothing(drives, told):
    agent = grown()
    before = expectations(agent)
    with pytest.raises(UserError, match=told):
        agent.set_steering(drives)
    assert same(expectations(agent), before)
    assert list(agent.steering.signals) == [*KEPT, "novelty.novelty"]
    life(agent)
