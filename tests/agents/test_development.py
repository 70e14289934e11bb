"""Growing up: the agent tells its steering subsystem the step, and heads of drives that are off rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from stable_baselines3.common.logger import configure

from agents import DualBrainPPO, Society
from dualbrain import NO_REFLEX, Stage, SteeringSubsystem, SteeringVecEnv
from dualbrain.worlds.batched_vec_env import BatchedVecEnv
from reward_modules import Novelty
from tests.agents.test_save_load import STEPS, same, several
from tests.event_files import read, scalars
from tests.sample_worlds.commune import Commune
from tests.sample_worlds.counting import LENGTHS, Count

ROLLOUT = STEPS * len(LENGTHS)
COUNTS = slice(0, 3)
"""Columns of `Count`; novelty has the last."""
YOUNG, OLD = Stage("young", 2 * ROLLOUT, modules=("novelty",)), Stage("old", weights={"count": 2.0})


def growing(stages: tuple[Stage, ...] = (YOUNG, OLD), **kwargs: Any) -> DualBrainPPO:
    steering = SteeringSubsystem([Count(), Novelty()], stages=stages)
    settings = {"n_steps": STEPS, "batch_size": 8, "n_epochs": 2, "seed": 5, **kwargs}
    return DualBrainPPO("BrainPolicy", several(), steering=steering, **settings)


def heads(agent: DualBrainPPO) -> dict[str, torch.Tensor]:
    assert agent.policy.assessors is not None
    return {name: values.clone() for name, values in agent.policy.assessors.state_dict().items()}


def live(agent: DualBrainPPO, rollouts: int) -> DualBrainPPO:
    return agent.learn(rollouts * ROLLOUT, reset_num_timesteps=False)


def test_stages_change_between_rollouts():
    agent = growing()
    for stage, asleep in ((0, True), (0, True), (1, False), (1, False)):
        live(agent, 1)
        assert agent.steering.stage == stage
        assert np.isnan(agent.rollout.truth[..., COUNTS]).all() == asleep
        assert agent.rollout.from_truth[..., COUNTS].any() != asleep
        assert agent.rollout.preempted.any() != asleep
        assert agent.rollout.truth.shape == (STEPS, len(LENGTHS), 4)


@pytest.mark.parametrize("detach", [False, True])
def test_heads_rest_while_their_drive_is_off(detach):
    """Parameters, running scales and all, although momentum would carry them on; the others learn."""
    stages = (Stage("first", ROLLOUT), Stage("without", modules=("novelty",)))
    agent = growing(stages, detach_assessors=detach)
    live(agent, 1)
    before = heads(agent)
    live(agent, 2)
    after = heads(agent)
    assert agent.steering.stage == 1
    for name, values in before.items():
        assert torch.equal(values[COUNTS], after[name][COUNTS]), name
    assert not torch.equal(before["long.weight"][3], after["long.weight"][3])


def test_they_learn_on_when_it_is_on_again():
    agent = growing()
    live(agent, 2)
    before = heads(agent)
    assert not before["long.weight"][COUNTS].any(), "nothing learned yet"
    live(agent, 1)
    assert heads(agent)["long.weight"][COUNTS].any(dim=1).all()


def test_a_single_stage_is_no_development():
    """Bit for bit, whatever its name."""
    plain, staged = (live(growing(stages), 2) for stages in ((), (Stage("ever"),)))
    assert same(dict(plain.policy.state_dict()), dict(staged.policy.state_dict()))


def test_the_log_shows_number_and_name(tmp_path):
    agent = growing()
    agent.set_logger(configure(str(tmp_path), ["tensorboard"]))
    agent.learn(4 * ROLLOUT)
    agent.logger.close()
    assert scalars(tmp_path)["drive/stage"] == [(ROLLOUT * (i + 1), stage) for i, stage in enumerate((0, 0, 1, 1))]
    marks = [(event.step, event.tensor_proto.string_val[0]) for event in read(tmp_path).Tensors("stage/text_summary")]
    assert marks == [(0, str(YOUNG).encode()), (2 * ROLLOUT, str(OLD).encode())]
    card = read(tmp_path).Tensors("steering/text_summary")[0].tensor_proto.string_val[0].decode()
    assert f"now: stage {YOUNG}" in card


def test_the_stage_is_saved_and_goes_on(tmp_path):
    agent = live(growing(), 3)
    agent.save(tmp_path / "model.zip")
    loaded = DualBrainPPO.load(tmp_path / "model.zip", several())
    assert (loaded.steering.stage, loaded.steering.stages) == (1, (YOUNG, OLD))
    live(loaded, 1)
    assert loaded.steering.stage == 1
    loaded.learn(ROLLOUT)
    assert loaded.steering.stage == 0, "a life begun anew"


def test_new_drives_enter_the_stage_of_their_step():
    agent = live(growing(), 2)
    agent.set_steering(SteeringSubsystem([Novelty(), Count()], stages=[Stage("past", ROLLOUT), Stage("present")]))
    assert agent.steering.stage == 1


def test_reflexes_change_with_the_stage_at_once():
    body = SteeringVecEnv(several(), SteeringSubsystem([Count(), Novelty()], stages=(YOUNG, OLD)))
    body.reset()
    assert (body._reflex == NO_REFLEX).all()
    assert body.set_training_step(2 * ROLLOUT)
    assert (body._reflex != NO_REFLEX).all(), "everybody is of age 0, at which the drive startles"
    assert not body.set_training_step(3 * ROLLOUT)


def test_a_society_matures_too():
    """Each brain by the steps of its own agents."""
    stages = [Stage("young", 64), Stage("old")]
    brains = {
        name: {"agents": agents, "steering": SteeringSubsystem(["extrinsic"], stages=stages), "n_steps": 16}
        for name, agents in (("one", [0]), ("two", [1, 2]))
    }
    society = Society(BatchedVecEnv(Commune()), brains, seed=0)
    society.learn(6 * 16)
    assert [brain.steering.stage for brain in society.brains.values()] == [0, 0]
    society.learn(6 * 32, reset_num_timesteps=False)
    society.learn(6 * 16, reset_num_timesteps=False)
    assert [brain.num_timesteps for brain in society.brains.values()] == [2 * 64, 4 * 64]
    assert [brain.steering.stage for brain in society.brains.values()] == [1, 1]
