"""Where a reflex pre-empts an action: an off-policy learner stores what was done, an on-policy one what it chose."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from stable_baselines3 import A2C, DQN
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.vec_env import VecMonitor

from agents import DualBrainPPO
from dualbrain import NO_REFLEX, RewardModule, Signal, SteeringSubsystem, SteeringVecEnv, UserError
from dualbrain.worlds.vec_env.attributes import Layer
from tests.sample_worlds.corridor import Corridor


class Jerk(RewardModule):
    """Jerks at every other step."""

    emits = (Signal("jerk", horizon=4),)

    def bind(self, n):
        self.steps = 0

    def truth(self, ate):
        return {"jerk": 0.0 * ate}

    def reflex(self, ate):
        self.steps += 1
        return np.full(ate.shape, 1 if self.steps % 2 else NO_REFLEX)


class Notes(SteeringVecEnv):
    """Writes down what was sampled and what was done."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.asked: list[list[int]] = []
        self.did: list[list[int]] = []

    def step_async(self, actions: Any) -> None:
        super().step_async(actions)
        self.asked.append(self.sampled.tolist())
        self.did.append(self.executed.tolist())


def body() -> Notes:
    return Notes(make_vec_env(Corridor, 2), SteeringSubsystem([Jerk()]))


@pytest.mark.parametrize("learning_starts", [1000, 10])
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_replay_buffer_holds_what_was_done(learning_starts, wrapped):
    env = body()
    agent = DQN("MlpPolicy", VecMonitor(env) if wrapped else env, learning_starts=learning_starts, seed=0)
    agent.learn(200)
    assert agent.replay_buffer is not None
    assert agent.replay_buffer.actions[:100, :, 0].tolist() == env.did
    assert env.asked != env.did


def test_an_evaluation_in_mid_training_tells_the_buffer_nothing():
    env = body()
    agent = DQN("MlpPolicy", env, learning_starts=10, seed=0)
    agent.learn(100, callback=lambda *_: bool(evaluate_policy(agent, body(), 1)) or True)
    assert agent.replay_buffer is not None
    assert agent.replay_buffer.actions[: len(env.did), :, 0].tolist() == env.did


def test_a_rollout_buffer_holds_what_was_chosen():
    env = body()
    agent: Any = A2C("MlpPolicy", env, n_steps=32, seed=0)
    agent.learn(64)
    assert agent.rollout_buffer.actions.reshape(2, 32).T.tolist() == env.asked
    assert env.asked != env.did
    brain = DualBrainPPO("BrainPolicy", body(), n_steps=32, batch_size=32, seed=0)
    brain.learn(64)
    assert brain.rollout_buffer.actions.reshape(2, 32).T.tolist() == brain.steering_env.asked
    assert brain.steering_env.asked != brain.steering_env.did


class Copying(Layer):
    """Hands on a copy of the actions."""

    def reset(self) -> Any:
        return self.venv.reset()

    def step_async(self, actions: Any) -> None:
        self.venv.step_async(actions.copy())

    def step_wait(self) -> Any:
        return self.venv.step_wait()


def test_where_the_buffer_cannot_be_told_the_reflex_is_refused():
    with pytest.raises(UserError, match="DQN stores other actions than it asks for"):
        DQN("MlpPolicy", Copying(body()), seed=0).learn(10)
