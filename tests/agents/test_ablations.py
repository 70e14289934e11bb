"""What is cut out of a brain shows; and where nothing depends on it, not a bit changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from stable_baselines3.common.logger import configure

from agents import DualBrainPPO
from dualbrain import RewardModule, Signal, SteeringSubsystem, UserError
from dualbrain.heads.options import AssessorOptions
from reward_modules import Novelty
from tests.agents.test_save_load import STEPS, same, several
from tests.event_files import read
from tests.sample_worlds.counting import LENGTHS, Count

OBS = np.array([[0, 1, 2], [1, 1, 1], [2, 0, 5]], np.float32)
ROLLOUT = STEPS * len(LENGTHS)


class Seldom(RewardModule):
    """Says something, and never nothing, in the first two lives of a long-lived agent."""

    emits = (Signal("seen", horizon=2),)

    def truth(self, who, life):
        return {"seen": np.where((who == 2) & (life < 2), 1.0, np.nan)}


class Plain(RewardModule):
    """Always has something to say, and asks nobody."""

    emits = (Signal("old", horizon=2),)

    def truth(self, age):
        return {"old": age > 2}


def brain(*drives: RewardModule, options: AssessorOptions | None = None, **ablated: Any) -> DualBrainPPO:
    return DualBrainPPO(
        "BrainPolicy",
        several(),
        steering=SteeringSubsystem(drives or (Count(), Novelty()), **ablated),
        assessors=options or AssessorOptions(),
        n_steps=STEPS,
        batch_size=8,
        n_epochs=2,
        seed=5,
    )


def grown(*drives: RewardModule, **kwargs: Any) -> DualBrainPPO:
    return brain(*drives, **kwargs).learn(4 * ROLLOUT)


def contents(agent: DualBrainPPO) -> dict[str, torch.Tensor]:
    return {name: values.clone() for name, values in agent.policy.state_dict().items()}


@pytest.mark.parametrize(
    "ablated", [{"cut_wire": True}, {"freeze_worth": True}, {"options": AssessorOptions(unlearn=1.0)}]
)
def test_where_nothing_depends_on_it_not_a_bit_changes(ablated):
    """No drive defers or reads thoughts, worth is 1, and truth is never missing."""
    assert same(contents(grown(Plain(), **ablated)), contents(grown(Plain())))


@pytest.mark.parametrize("ablated", [{"cut_wire": True}, {"freeze_worth": True}])
def test_where_something_does_it_changes(ablated):
    assert not same(contents(grown(**ablated)), contents(grown()))


def test_cutting_the_wire_leaves_no_thought_paid_and_no_slow_copy():
    whole, cut = grown(), grown(cut_wire=True)
    assert whole.rollout.from_thought.any()
    assert not cut.rollout.from_thought.any()
    assert (whole.policy.slow is None, cut.policy.slow is None) == (False, True)


def test_frozen_worth_is_constant_over_training_and_saved(tmp_path):
    agent = brain(freeze_worth=True)
    worth = []
    for _ in range(2):
        agent.learn(ROLLOUT, reset_num_timesteps=False)
        worth.append(agent.rollout.worth.copy())
    agent.save(tmp_path / "model.zip")
    loaded = DualBrainPPO.load(tmp_path / "model.zip", several()).learn(ROLLOUT, reset_num_timesteps=False)
    for rows in (*worth, loaded.rollout.worth):
        np.testing.assert_array_equal(rows, np.broadcast_to([2.0, 2.0, 1.0, worth[0][0, 0, 3]], rows.shape))


def test_an_open_gate_unlearns_what_evidence_no_longer_confirms():
    """Only ever shown that it happens, the head stays sure; with silence read as absence, it learns otherwise."""
    gated, opened = (
        brain(Seldom(), options=AssessorOptions(unlearn=unlearn, learning_rate=0.02)).learn(20 * ROLLOUT)
        for unlearn in (0.0, 1.0)
    )
    later = np.array([[2, 3, 0], [2, 3, 1]], np.float32)
    assert gated.assess(later)["short"]["seldom.seen"].min() > 0.5
    assert opened.assess(later)["short"]["seldom.seen"].max() < 0.05


def test_an_open_gate_is_a_truth_of_zero_where_there_is_none():
    """Target and weight are those of a truth without gaps."""
    agent = grown(Count())
    truth = agent.rollout.truth.copy()
    agent.rollout.truth = np.nan_to_num(truth, nan=0.0)
    filled = agent.rollout.short_targets(np.array([3, 2, 1]))
    agent.rollout.truth = truth
    gated = agent.rollout.short_targets(np.array([3, 2, 1]))
    np.testing.assert_array_equal(gated.target, filled.target)
    np.testing.assert_array_equal(gated.weights(unlearn=1.0), filled.weights())
    assert (gated.weights() != filled.weights()).any()


ABLATED = AssessorOptions(ablated_heads=("count.age", "novelty.novelty"))


def test_ablated_heads_predict_nothing_and_learn_nothing():
    agent = grown(options=ABLATED)
    expected = agent.assess(OBS)
    assert agent.scorecard is not None
    for k, name in enumerate(agent.steering.signals):
        cut = name in ABLATED.ablated_heads
        assert (not expected["short"][name].any()) == (not expected["long"][name].any()) == cut, name
        assert (not agent.scorecard(OBS)[:, k].any()) == cut, name
    born, now = (of.policy.assessors.state_dict() for of in (brain(options=ABLATED), agent))  # type: ignore[union-attr]
    for name, values in born.items():
        assert torch.equal(values[[0, 3]], now[name][[0, 3]]), name
    assert not torch.equal(born["long.weight"][1:3], now["long.weight"][1:3])


def test_an_ablated_head_costs_the_other_heads_nothing():
    """Of detached heads under a drive that asks nobody: what else there is stays the same, bit for bit."""
    drives = (Plain(), Novelty())
    whole, cut = (
        grown(*drives, options=AssessorOptions(detach=True, max_grad_norm=1e9, ablated_heads=heads))
        for heads in ((), ("novelty.novelty",))
    )
    one, other = contents(whole), contents(cut)
    for name, values in one.items():
        rows = slice(0, 1) if name.startswith("assessors.") else slice(None)
        assert torch.equal(values[rows], other[name][rows]), name


def test_an_ablated_signal_teaches_the_trunk_nothing():
    """Of weight 0 and ablated, it is as if it were not there: the rest of the brain is the same, up to rounding."""
    whole = AssessorOptions(max_grad_norm=1e9)
    worthless, ablated = Novelty(bonus=0.0), replace(whole, ablated_heads=("novelty.novelty",))
    without = contents(grown(Plain(), options=whole))

    def furthest(agent: DualBrainPPO) -> float:
        found = contents(agent)
        trunk = [name for name in without if not name.startswith("assessors.")]
        return max(float((found[name] - without[name]).abs().max()) for name in trunk)

    assert furthest(grown(Plain(), worthless, options=ablated)) < 1e-5
    assert furthest(grown(Plain(), worthless, options=whole)) > 1e-3


def test_a_grown_brain_is_ablated_and_healed():
    """Cut between two calls of learn, the head keeps what it knew; healed, it says that again."""
    agent = grown()
    assert agent.options is not None
    before, whole = contents(agent), agent.options
    said = agent.assess(OBS)
    agent.set_assessors(replace(whole, ablated_heads=("count.age",)))
    assert not agent.assess(OBS)["short"]["count.age"].any()
    assert same(contents(agent), before)
    agent.learn(ROLLOUT, reset_num_timesteps=False)
    assert agent.policy.assessors is not None
    for kind in ("short", "long"):
        name = f"{kind}.weight"
        assert torch.equal(agent.policy.assessors.state_dict()[name][0], before[f"assessors.{name}"][0])
    again = grown()
    again.set_assessors(replace(whole, ablated_heads=("count.age",)))
    again.set_assessors(whole)
    assert same(again.assess(OBS), said)
    assert same(contents(again), before)


def test_ablations_are_saved(tmp_path):
    agent = grown(options=ABLATED, cut_wire=True, freeze_worth=True)
    agent.save(tmp_path / "model.zip")
    loaded = DualBrainPPO.load(tmp_path / "model.zip", several())
    assert loaded.options == ABLATED
    assert loaded.steering.ablations == ("wire", "worth")
    assert same(loaded.assess(OBS), agent.assess(OBS))
    loaded.learn(ROLLOUT, reset_num_timesteps=False)
    assert not loaded.assess(OBS)["long"]["count.age"].any()


def test_the_log_tells_of_them(tmp_path):
    agent = brain(options=replace(ABLATED, unlearn=1.0), cut_wire=True)
    agent.set_logger(configure(str(tmp_path), ["tensorboard"]))
    agent.learn(ROLLOUT)
    agent.logger.close()
    card = read(tmp_path).Tensors("steering/text_summary")[0].tensor_proto.string_val[0].decode()
    assert [line.strip() for line in card.splitlines() if "ablated" in line] == [
        "ablated: wire",
        "ablated: gate, head:count.age, head:novelty.novelty",
    ]


def test_mistakes_are_told_and_change_nothing():
    with pytest.raises(UserError, match=r"unknown signal 'count.aeg' to ablate: did you mean 'count.age'\?"):
        brain(options=AssessorOptions(ablated_heads=("count.aeg",)))
    agent = grown(options=ABLATED)
    before, steering = contents(agent), agent.steering
    with pytest.raises(UserError, match=r"unknown signal 'count\.age' to ablate"):
        agent.set_steering([Novelty()])
    with pytest.raises(UserError, match=r"unknown signal 'nothing' to ablate"):
        agent.set_assessors(AssessorOptions(ablated_heads=("nothing",)))
    with pytest.raises(UserError, match="is fixed when the agent is made"):
        agent.set_assessors(replace(ABLATED, detach=True))
    assert agent.options == ABLATED
    assert agent.steering is steering
    assert same(contents(agent), before)
