"""Evaluation by an agent that knows everything about a world that rings like clockwork."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import VecEnv

from agents import DualBrainPPO
from dualbrain import RewardModule, Signal, SteeringSubsystem
from dualbrain.episodes.evaluate import evaluate, evaluate_random
from dualbrain.steering.sense import Sense, by_name

RINGS_AT, HORIZON, GAMMA = 10, 4, 0.9


class Clock(gymnasium.Env[Any, np.int64]):
    """Rings in step 10 of each episode; the observation is the step to come. Pays 1 for action 1."""

    observation_space = gymnasium.spaces.Box(0.0, 1000.0, (1,))
    action_space = gymnasium.spaces.Discrete(2)
    senses = by_name([Sense("ringing", 0.0, 1.0, "event", "1 when it rings")])

    def __init__(self, length: int, terminates: bool = False):
        self.length, self.terminates, self.t = length, terminates, 0

    def reset(self, *, seed=None, options=None):
        self.t = 0
        return self.look(), {"senses": {"ringing": 0.0}}

    def look(self) -> Any:
        return np.array([self.t + 1], np.float32)

    def step(self, action):
        self.t += 1
        over = self.t == self.length
        info = {"senses": {"ringing": float(self.t == RINGS_AT)}}
        return self.look(), float(action), over and self.terminates, over and not self.terminates, info


@dataclass
class Hearing(RewardModule):
    """Hears the bell; always wants action ``reflex_to``, if given."""

    reflex_to: int = -1
    emits = (Signal("bell", horizon=HORIZON),)

    def truth(self, ringing):
        return {"bell": ringing}

    def reflex(self, ringing):
        return np.full(len(ringing), self.reflex_to)


class Prophet:
    """Knows the clock: both heads say exactly what is to come, times ``honesty``."""

    gamma = GAMMA
    scorecard = None

    def __init__(self, honesty: float = 1.0, reflex_to: int = -1):
        self.honesty = honesty
        self.steering = SteeringSubsystem([Hearing(reflex_to=reflex_to)], {"hearing": -7.0})

    def predict(self, observation, *, deterministic=False):
        return np.zeros(len(observation), np.int64), None

    def assess(self, obs):
        ahead = RINGS_AT - obs[:, 0]
        near = (ahead >= 0) & (ahead < HORIZON)
        short = self.honesty * np.where(near, (1 - 1 / HORIZON) ** ahead, 0.0)
        long = self.honesty * np.where(ahead >= 0, GAMMA**ahead, 0.0)
        return {"short": {"hearing.bell": short}, "long": {"hearing.bell": long.astype(np.float32)}}

    def get_vec_normalize_env(self):
        return None


def clocks(*lengths: int, terminates: bool = False) -> VecEnv:
    given = iter(lengths)
    return make_vec_env(lambda: Clock(next(given), terminates), len(lengths))


def test_every_world_plays_its_share_however_long():
    played = evaluate(Prophet(), clocks(2, 50), episodes=4)
    assert sorted(played.lengths.tolist()) == [2, 2, 50, 50]  # the first four to end would be 2, 2, 2, 2
    assert played.median_length == 26.0
    assert played.length_quartiles == (2.0, 50.0)


def test_episodes_that_do_not_divide_are_spread():
    assert sorted(evaluate_random(clocks(3, 5), episodes=3, seed=0).lengths.tolist()) == [3, 3, 5]


def test_the_score_is_the_worlds_and_reflexes_act():
    assert evaluate(Prophet(), clocks(12), 2).scores.tolist() == [0.0, 0.0]
    assert evaluate(Prophet(reflex_to=1), clocks(12), 2).scores.tolist() == [12.0, 12.0]


@pytest.mark.parametrize("deterministic", [True, False])
def test_actions_are_the_likeliest_if_asked_for(deterministic, monkeypatch):
    asked = []

    def predict(_: Prophet, obs: Any, *, deterministic: bool) -> Any:
        asked.append(deterministic)
        return np.zeros(len(obs), np.int64), None

    monkeypatch.setattr(Prophet, "predict", predict)
    evaluate(Prophet(), clocks(12), 1, deterministic=deterministic)
    assert asked == [deterministic] * 12


def test_random_play_is_random_and_repeatable():
    first, second = (evaluate_random(clocks(200), 2, seed=3).scores for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert 60 < first.min() <= first.max() < 140


@pytest.mark.parametrize("terminates", [False, True])
def test_windows_lie_within_their_episode(terminates):
    bell = evaluate(Prophet(), clocks(20, 20, terminates=terminates), 4).signals["hearing.bell"]
    assert bell.positives == 4 * HORIZON
    assert bell.windows == 4 * (20 if terminates else 20 - HORIZON + 1)
    assert bell.prevalence == bell.positives / bell.windows


def test_a_prophet_is_told_from_a_liar():
    truthful, lying = (evaluate(Prophet(honesty), clocks(20), 2).signals["hearing.bell"] for honesty in (1.0, -1.0))
    assert truthful.auroc == 1.0
    assert truthful.explained_variance == pytest.approx(1.0)
    assert lying.auroc == 0.0
    assert lying.explained_variance < 0.0


def test_shuffled_labels_cannot_be_foreseen():
    bell = evaluate(Prophet(), clocks(*[20] * 20), 400, seed=0).signals["hearing.bell"]
    assert bell.auroc == 1.0
    assert bell.auroc_shuffled == pytest.approx(0.5, abs=0.05)


def test_steps_after_a_worlds_share_do_not_count():
    bell = evaluate(Prophet(), clocks(16, 160), 2).signals["hearing.bell"]
    assert bell.positives == 2 * HORIZON


class Guess(Hearing):
    """Lets its prediction stand in for what it does not hear."""

    emits = (Signal("bell", horizon=HORIZON, defer=0.5),)


@pytest.fixture(scope="module")
def agent() -> DualBrainPPO:
    made = DualBrainPPO("BrainPolicy", clocks(20, 20), steering=[Guess()], n_steps=16, batch_size=32, seed=0)
    return made.learn(64)


def test_evaluation_leaves_the_agent_and_the_random_stream_alone(agent):
    before, steering = torch.get_rng_state(), agent.steering.n
    evaluate(agent, clocks(20), 2, seed=1)
    assert torch.equal(torch.get_rng_state(), before)
    assert agent.steering.n == steering == 2


def test_the_same_seed_gives_the_same_evaluation(agent):
    first, second = (evaluate(agent, clocks(20, 20), 4, seed=1) for _ in range(2))
    assert first.signals == second.signals
    np.testing.assert_array_equal(first.scores, second.scores)


def test_foresight_may_be_left_out(agent, monkeypatch):
    whole = evaluate(agent, clocks(20, 20), 4, seed=1)
    monkeypatch.setattr(agent, "assess", None)
    played = evaluate(agent, clocks(20, 20), 4, seed=1, skill=False)
    assert played.signals == {}
    assert played.scores.tolist() == whole.scores.tolist()
    np.testing.assert_array_equal(np.array(played.innate_scores), np.array(whole.innate_scores))


def test_a_loaded_agent_needs_no_environment(agent, tmp_path):
    agent.save(tmp_path / "model.zip")
    loaded = DualBrainPPO.load(tmp_path / "model.zip")
    assert evaluate(loaded, clocks(20), 2, seed=1).signals == evaluate(agent, clocks(20), 2, seed=1).signals


def test_without_assessors_lengths_and_scores_remain():
    blind = DualBrainPPO("BrainPolicy", clocks(20), steering=[Hearing()], n_steps=16, batch_size=16, assessors=False)
    played = evaluate(blind, clocks(20), 2)
    assert played.lengths.tolist() == [20, 20]
    assert played.signals == {}


def test_ids_are_made_into_as_many_worlds_as_episodes(agent):
    assert len(evaluate_random("CartPole-v1", 7, seed=0).lengths) == 7
