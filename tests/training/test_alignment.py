"""In the counting world, every column of a row in record and buffer is about the same step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv

from agents import DualBrainPPO
from dualbrain import SteeringSubsystem
from dualbrain.heads.targets import lambda_returns, short_targets
from dualbrain.training.rollout import flatten
from dualbrain.worlds.batched_vec_env import BatchedVecEnv
from dualbrain.worlds.sense_wrappers import SenseWrapper
from tests.sample_worlds.counting import ACTIONS, LENGTHS, SENSES, Count, Counting, CountingBatch, world_score

STEPS = 12
GAMMA, LAMBDA = 0.9, 0.8
WEIGHTS = np.array([2.0, 1.0, 0.5])
Rows = NDArray[Any]


def single() -> VecEnv:
    return make_vec_env(lambda: Counting(0))


def several() -> VecEnv:
    return DummyVecEnv([partial(Counting, who) for who in range(len(LENGTHS))])


def natively_batched() -> VecEnv:
    return BatchedVecEnv(CountingBatch())


class LivedThrough:
    """A brain with arbitrary heads that lived through some rollouts without learning, and what it ought to have met."""

    def __init__(self, make: Callable[[], VecEnv], rollouts: int, monkeypatch: pytest.MonkeyPatch):
        self.agent = DualBrainPPO(
            "BrainPolicy",
            make(),
            steering=subsystem(),
            n_steps=STEPS,
            batch_size=STEPS,
            gamma=GAMMA,
            gae_lambda=LAMBDA,
            seed=1,
        )
        opinionate(self.agent)
        monkeypatch.setattr(self.agent, "train", lambda: None)
        self.agent.learn(rollouts * STEPS * self.agent.n_envs)
        self.record, self.buffer = self.agent.rollout, self.agent.rollout_buffer
        who, life, age = lived(self.agent.n_envs, (rollouts - 1) * STEPS)
        self.who, self.life, self.age = who, life, age
        self.obs = np.stack([who, life, age], axis=-1).astype(np.float32)
        self.final = np.stack([who, life, age + 1], axis=-1).astype(np.float32)
        over = age + 1 == np.array(LENGTHS)[who]
        self.terminated, self.truncated = over & (life % 2 == 0), over & (life % 2 == 1)

    def everywhere(self, predict: Callable[[Rows], Rows], obs: Rows) -> Rows:
        return predict(obs.reshape(-1, 3)).reshape(*obs.shape[:2], -1)

    def short(self, obs: Rows) -> Rows:
        return np.stack(list(self.agent.assess(obs)["short"].values()), axis=1)

    def long(self, obs: Rows) -> Rows:
        return np.stack(list(self.agent.assess(obs)["long"].values()), axis=1)

    def slow(self, obs: Rows) -> Rows:
        scorecard = self.agent.scorecard
        assert scorecard is not None
        return scorecard(obs)

    def valence(self, obs: Rows) -> Rows:
        values: Rows = self.agent.assess(obs)["valence"]
        return values


def subsystem() -> SteeringSubsystem:
    return SteeringSubsystem([Count()], weights={"count.age": 2.0, "count.score": 0.5})


def opinionate(agent: DualBrainPPO) -> None:
    """Give live heads and slow copy opinions of their own, so that it shows which of them was asked, and about what."""
    policy = agent.policy
    assert policy.assessors is not None
    assert policy.slow is not None
    generator = torch.Generator().manual_seed(0)
    for module in (policy.assessors, policy.slow):
        for parameter in module.parameters():
            torch.nn.init.normal_(parameter.data, std=0.05, generator=generator)


def lived(n_envs: int, before: int) -> tuple[Rows, Rows, Rows]:
    """Return agent, life and age ``(T, N)`` of every row's observation, after ``before`` rows."""
    who = np.tile(np.arange(n_envs), (STEPS, 1))
    t = before + np.arange(STEPS)[:, None] + 0 * who
    return who, t // np.array(LENGTHS)[who], t % np.array(LENGTHS)[who]


@pytest.fixture(
    params=[(make, n) for make in (single, several, natively_batched) for n in (1, 2)],
    ids=lambda p: f"{p[0].__name__}-{p[1]}",
)
def lives(request, monkeypatch):
    make, rollouts = request.param
    return LivedThrough(make, rollouts, monkeypatch)


def test_the_rollout_is_interesting(lives):
    assert lives.terminated.any()
    assert lives.truncated.any()


def test_observations_and_ends(lives):
    np.testing.assert_array_equal(lives.buffer.observations, lives.obs)
    np.testing.assert_array_equal(lives.record.terminated, lives.terminated)
    np.testing.assert_array_equal(lives.record.truncated, lives.truncated)
    np.testing.assert_array_equal(lives.buffer.episode_starts.astype(bool), lives.age == 0)


def test_actions_sampled_and_executed(lives):
    """The reflex answers the senses of the row's own observation, those at reset included."""
    startled = lives.age % 3 == 0
    reflex = (lives.who + lives.age) % ACTIONS
    sampled = lives.buffer.actions[..., 0].astype(int)
    np.testing.assert_array_equal(lives.record.preempted, startled)
    np.testing.assert_array_equal(lives.record.executed, np.where(startled, reflex, sampled))
    np.testing.assert_array_equal(lives.record.truth[..., 1], lives.record.executed, "what the world says was done")
    assert (sampled != reflex)[startled].any(), "the buffer keeps what the policy sampled"


def test_the_buffer_keeps_the_policys_own_log_probability(lives):
    obs, actions = (torch.as_tensor(flatten(rows)) for rows in (lives.obs, lives.buffer.actions[..., 0]))
    with torch.no_grad():
        log_prob = lives.agent.policy.get_distribution(obs).log_prob(actions)
    np.testing.assert_allclose(flatten(lives.buffer.log_probs), log_prob.numpy(), rtol=1e-5, atol=1e-4)


def test_truth_settled_and_worth(lives):
    landed = lives.age + 1
    evident = landed % 2 == 0
    np.testing.assert_array_equal(lives.record.truth[..., 0], np.where(evident, landed, np.nan))
    score = world_score(lives.who, lives.life, landed)
    np.testing.assert_allclose(lives.record.truth[..., 2], score, rtol=1e-6)
    np.testing.assert_allclose(lives.record.world_reward, score, rtol=1e-6)
    thought = np.clip(lives.everywhere(lives.slow, lives.final)[..., 0], -10.0, 10.0)
    settled = np.where(evident, landed, 0.5 * thought)
    np.testing.assert_allclose(lives.record.settled[..., 0], settled, rtol=1e-5, atol=1e-6)
    assert len(np.unique(thought[~evident])) > 1, "thoughts do pay, and differ"
    worth = np.stack([1.0 + lives.who, np.full_like(lives.who, 2.0, float), 1.0 + lives.life], axis=-1)
    np.testing.assert_array_equal(lives.record.worth, worth)


def test_reward_is_the_steering_subsystems_and_sb3_adds_its_bootstrap_to_a_copy(lives):
    """No thought reaches the cap here: .5 * clip(prediction) <= .5 * 10."""
    reward = (WEIGHTS * lives.record.worth * lives.record.settled).sum(axis=-1)
    np.testing.assert_allclose(lives.record.reward, reward, rtol=1e-5)
    final = lives.everywhere(lives.valence, lives.final)[..., 0]
    bootstrapped = reward + np.where(lives.truncated, GAMMA * final, 0.0)
    np.testing.assert_allclose(lives.buffer.rewards, bootstrapped, rtol=1e-5, atol=1e-4)


def test_predictions_are_about_the_rows_observation(lives):
    np.testing.assert_allclose(lives.record.short, lives.everywhere(lives.short, lives.obs), rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(lives.record.long, lives.everywhere(lives.long, lives.obs), rtol=1e-5, atol=1e-4)
    assert not np.allclose(lives.record.short, lives.everywhere(lives.short, lives.final))


def test_what_follows_a_row(lives):
    """The next row's prediction; after truncation the final observation's; after termination nothing."""
    follows = lives.everywhere(lives.long, lives.final)
    expected = np.where(lives.terminated[..., None], 0.0, follows)
    np.testing.assert_allclose(lives.record.successors(), expected, rtol=1e-5, atol=1e-4)


def test_targets(lives):
    truth, settled, ended = lives.record.truth, lives.record.settled, lives.terminated | lives.truncated
    short = short_targets(truth, lives.terminated, lives.truncated, np.array([3, 2, 1]))
    np.testing.assert_array_equal(lives.record.targets.short.target, short.target)
    np.testing.assert_array_equal(lives.record.targets.short.complete, short.complete)
    gamma, lam = np.array([0.5, 0.9, GAMMA], np.float32), np.array([LAMBDA, LAMBDA, 0.5], np.float32)
    long = lambda_returns(settled, lives.record.successors(), ended, gamma, lam)
    np.testing.assert_allclose(lives.record.targets.long, long, rtol=1e-6)


def test_rows_are_flattened_in_the_order_of_sb3s_buffer(lives):
    next(lives.buffer.get(STEPS))
    np.testing.assert_array_equal(lives.buffer.observations, flatten(lives.obs))
    np.testing.assert_array_equal(
        lives.buffer.actions[..., 0][~flatten(lives.record.preempted)],
        flatten(lives.record.executed)[~flatten(lives.record.preempted)],
    )


def test_an_adapter_gives_a_world_the_same_senses():
    """A third-party environment with an adapter is recorded like one that has senses of its own."""

    def senses(env, obs, action, info):
        who, life, age = obs.tolist()
        return {"who": who, "life": life, "age": age, "did": 0.0 if action is None else float(action)}

    class Foreign(Counting):
        def _info(self, did):
            return {}

    def adapted() -> VecEnv:
        return make_vec_env(lambda: SenseWrapper(Foreign(0), senses, SENSES.values()))

    with pytest.MonkeyPatch.context() as patch:
        own, foreign = LivedThrough(single, 2, patch).record, LivedThrough(adapted, 2, patch).record
    for name in ("truth", "settled", "worth", "reward", "executed"):
        np.testing.assert_array_equal(getattr(own, name), getattr(foreign, name))
