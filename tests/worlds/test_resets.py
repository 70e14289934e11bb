"""Worlds that something else has reset: an agent begins new episodes, or says so, and learns no step that never was."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces
from stable_baselines3.common.callbacks import BaseCallback, CallbackList
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv, VecNormalize

from agents import DualBrainPPO
from dualbrain import SteeringSubsystem, SteeringVecEnv, UserError
from dualbrain.episodes.evaluate import evaluate
from reward_modules import Extrinsic

EPISODE, STEPS = 20, 32


def env_of(agent: DualBrainPPO) -> VecEnv:
    env = agent.get_env()
    assert env is not None
    return env


class Clock(gymnasium.Env[Any, Any]):
    """Shows the time."""

    observation_space = spaces.Box(0.0, 1.0, (1,))
    action_space = spaces.Discrete(2)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        self.time = 0
        return self._seen(), {}

    def step(self, action: Any) -> Any:
        self.time += 1
        return self._seen(), 1.0, False, self.time >= EPISODE, {}

    def _seen(self) -> Any:
        return np.full(1, self.time / EPISODE, np.float32)


def clocks(n: int = 2) -> DummyVecEnv:
    return DummyVecEnv([Clock] * n)


def brain(env: Any) -> DualBrainPPO:
    return DualBrainPPO(
        "BrainPolicy", env, steering=[Extrinsic()], n_steps=STEPS, batch_size=32, n_epochs=1, seed=0, pictures=0
    )


def times(agent: DualBrainPPO) -> list[float]:
    """Return what was seen in the first world in the last rollout, in steps since its episode began."""
    return [round(float(seen) * EPISODE) for seen in agent.rollout_buffer.observations.reshape(-1)[:STEPS]]


def one_after_the_other(seen: list[float]) -> bool:
    return all(after in ((before + 1) % EPISODE, 0) for before, after in pairwise(seen))


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda agent: evaluate(agent, agent.get_env(), 2),
        lambda agent: evaluate_policy(agent, agent.get_env(), 2, warn=False),
        lambda agent: agent.get_env().reset(),
        lambda agent: agent.assess(agent.env.reset()),
        lambda agent: brain(agent.get_env()).learn(STEPS),
    ],
    ids=["evaluate", "evaluate_policy", "reset", "reset, steered", "another agent"],
)
@pytest.mark.parametrize("steered", [False, True])
def test_training_goes_on_with_new_episodes(meanwhile, steered):
    worlds = clocks()
    agent = brain(SteeringVecEnv(worlds, SteeringSubsystem([Extrinsic()])) if steered else worlds)
    agent.learn(2 * STEPS)
    meanwhile(agent)
    agent.learn(2 * STEPS, reset_num_timesteps=False)
    seen = times(agent)
    assert seen[0] == 0
    assert one_after_the_other(seen)


def test_without_a_reset_episodes_go_on():
    agent = brain(clocks())
    agent.learn(2 * STEPS)
    evaluate(agent, clocks(), 2)
    agent.learn(2 * STEPS, reset_num_timesteps=False)
    assert times(agent)[0] == STEPS % EPISODE


class Evaluate(BaseCallback):
    """Evaluates in the environment that the agent trains in."""

    model: DualBrainPPO

    def __init__(self, when: str):
        super().__init__()
        self._when = when

    def _on_step(self) -> bool:
        if self._when == "step" and self.n_calls == STEPS // 2:
            evaluate(self.model, env_of(self.model), 2)
        return True

    def _on_rollout_end(self) -> None:
        if self._when == "rollout end":
            evaluate(self.model, env_of(self.model), 2)


@pytest.mark.parametrize("around", [lambda worlds: worlds, VecNormalize])
def test_an_evaluation_in_the_middle_of_a_rollout_is_refused(around):
    with pytest.raises(UserError, match="give it an environment of its own"):
        brain(around(clocks())).learn(4 * STEPS, callback=Evaluate("step"))


def test_an_evaluation_between_rollouts_is_not():
    agent = brain(clocks())
    agent.learn(6 * STEPS, callback=CallbackList([Evaluate("rollout end")]))
    assert times(agent)[0] == 0
    assert one_after_the_other(times(agent))
