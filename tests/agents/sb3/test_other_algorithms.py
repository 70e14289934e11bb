"""The same drives under algorithms that know nothing of them."""

from __future__ import annotations

import numpy as np
import pytest
from stable_baselines3 import A2C, DQN, PPO
from stable_baselines3.common.env_util import make_vec_env

from dualbrain import RewardModule, Signal, SteeringSubsystem, SteeringVecEnv, UserError
from reward_modules import Hunger
from tests.sample_worlds.corridor import LEFT, Corridor


def body(*modules: RewardModule, n_envs: int = 2) -> SteeringVecEnv:
    return SteeringVecEnv(make_vec_env(Corridor, n_envs), SteeringSubsystem(modules))


@pytest.mark.parametrize("algorithm", [PPO, A2C, DQN])
def test_they_train_on_the_drives_reward(algorithm):
    kwargs = {"learning_starts": 16} if algorithm is DQN else {"n_steps": 32}
    agent = algorithm("MlpPolicy", body(Hunger()), seed=0, **kwargs)
    agent.learn(256)
    buffer = agent.replay_buffer if algorithm is DQN else agent.rollout_buffer
    # energy .2 of .8: a meal is worth .75
    assert set(np.unique(buffer.rewards[buffer.rewards >= 0.7])) <= {np.float32(0.75)}
    assert buffer.rewards.max() <= 0.75 + 1e-6 or algorithm is not DQN


def test_the_reward_by_hand():
    env = body(Hunger(), n_envs=1)
    env.reset()
    rewards = [float(env.step(np.array([LEFT]))[1][0]) for _ in range(6)]
    assert rewards == [0.0, 0.0, 0.75, 0.0, 0.0, 0.75]
    assert env.world_reward.tolist() == [0.0]


class Absent(RewardModule):
    """Never knows, and would defer."""

    emits = (Signal("ghost", defer=0.5),)

    def truth(self, ate):
        return {"ghost": np.full(len(ate), np.nan)}


class Wishful(RewardModule):
    """Reads a thought."""

    emits = (Signal("wish"),)

    def truth(self, thought):
        return {"wish": thought["wishful.wish"]}


def test_without_assessors_a_missing_truth_settles_to_nothing():
    env = body(Absent())
    env.reset()
    env.step(np.zeros(2, int))
    assert env.last.settled.tolist() == [[0.0], [0.0]]
    assert env.last.reward.tolist() == [0.0, 0.0]


def test_without_assessors_nobody_reads_thoughts():
    with pytest.raises(UserError, match="no assessor"):
        body(Wishful())
