"""What a reflex does, the policy did not choose: it teaches the assessors, and the policy nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv

from agents import DualBrainPPO
from dualbrain import NO_REFLEX, RewardModule, Signal, UserError
from dualbrain.training.rollout import flatten
from tests.sample_worlds.counting import LENGTHS, Counting


@dataclass
class Startle(RewardModule):
    """Feels its age, and startles (action 1) in every ``period``-th step of life; never with 0."""

    period: int = 2

    emits = (Signal("age", low=0.0, high=10.0, horizon=2),)

    def truth(self, age):
        return {"age": age}

    def reflex(self, age):
        if not self.period:
            return np.full(len(age), NO_REFLEX)
        return np.where(age % self.period == 0, 1, NO_REFLEX)


def several() -> VecEnv:
    return DummyVecEnv([partial(Counting, who) for who in range(len(LENGTHS))])


def startled(period: int, rollouts: int = 1, **kwargs: Any) -> DualBrainPPO:
    agent = DualBrainPPO(
        "BrainPolicy", several(), steering=[Startle(period)], n_steps=16, batch_size=8, n_epochs=2, seed=0, **kwargs
    )
    agent.learn(rollouts * 16 * len(LENGTHS))
    return agent


def actor_and_critic(agent: DualBrainPPO) -> dict[str, Any]:
    state = agent.policy.state_dict()
    return {name: value.clone() for name, value in state.items() if not name.startswith(("assessors", "slow"))}


def test_the_policys_minibatches_hold_no_reflexes():
    agent = startled(2)
    drawn = np.concatenate([batch.observations for batch in agent.rollout_buffer.get(8)])
    preempted = flatten(agent.rollout.preempted)
    assert preempted.any()
    assert not preempted.all()
    assert (drawn[:, 2] % 2 != 0).all(), "ages at which nothing startles"
    assert len(drawn) == (~preempted).sum()


def test_without_reflexes_every_row_is_drawn():
    agent = startled(0)
    assert sum(len(batch.observations) for batch in agent.rollout_buffer.get(8)) == 16 * len(LENGTHS)


def test_advantages_run_through_reflexes():
    """Every row has a return, and it is that of SB3's own recursion over all rows."""
    agent = startled(2)
    buffer = agent.rollout_buffer
    rewards, values = buffer.rewards, buffer.values.reshape(len(LENGTHS), 16).T
    ended = agent.rollout.terminated | agent.rollout.truncated
    advantages = buffer.advantages.reshape(len(LENGTHS), 16).T
    t = 5
    going_on = ~ended[t]
    delta = rewards[t] + 0.99 * values[t + 1] * going_on - values[t]
    expected = delta + 0.99 * 0.95 * advantages[t + 1] * going_on
    np.testing.assert_allclose(advantages[t], expected, rtol=1e-4, atol=1e-4)


def test_when_everything_is_reflex_only_the_assessors_learn():
    still, moved = startled(1, assessors=False), startled(1, rollouts=3, assessors=False)
    fresh = DualBrainPPO(
        "BrainPolicy", several(), steering=[Startle(1)], n_steps=16, batch_size=8, seed=0, assessors=False
    )
    before = actor_and_critic(fresh)
    for agent in (still, moved):
        assert all(torch.equal(value, before[name]) for name, value in actor_and_critic(agent).items())


def test_assessors_learn_from_reflexes():
    agent = startled(1, rollouts=1, detach_assessors=True)
    assert agent.policy.assessors is not None
    assert float(agent.policy.assessors.short.weight.detach().abs().max()) > 0.0
    assert float(agent.policy.assessors.long.weight.detach().abs().max()) > 0.0


def test_the_executed_action_is_the_reflex_and_the_buffers_the_policys():
    agent = startled(1)
    assert agent.rollout.executed is not None
    assert np.unique(agent.rollout.executed).tolist() == [1]
    assert len(np.unique(agent.rollout_buffer.actions)) > 1


def test_reflexes_need_discrete_actions():
    with pytest.raises(UserError, match="reflexes need Discrete actions"):
        DualBrainPPO("BrainPolicy", "Pendulum-v1", steering=[StartleAnywhere()])


@dataclass
class StartleAnywhere(RewardModule):
    emits = (Signal("score", low=-np.inf, high=np.inf),)

    def truth(self, extrinsic_reward):
        return {"score": extrinsic_reward}

    def reflex(self, extrinsic_reward):
        return np.full(len(extrinsic_reward), 7)


def test_a_reflex_that_is_no_action_is_told():
    agent = DualBrainPPO("BrainPolicy", make_vec_env("CartPole-v1", 2), steering=[StartleAnywhere()], n_steps=32)
    with pytest.raises(UserError, match=r"environment 0: reflex 7 is no action; the world has 0 to 1"):
        agent.learn(32)
