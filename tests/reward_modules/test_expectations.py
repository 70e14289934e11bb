"""Drives that read their own predictions, in a world of two lamps: one follows a rule, one cannot be foreseen."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv

from agents import DualBrainPPO
from dualbrain import Sense, SteeringSubsystem, SteeringVecEnv
from dualbrain.heads.options import AssessorOptions
from reward_modules import curiosity_about, surprise_at

RULE = (1.0, 0.0, 0.0, 1.0, 1.0)
"""What the lamp ``steady`` shows from the first step on, over and over."""
LIFE = 12
N = 4


class Lamps(gymnasium.Env[Any, Any]):
    """Shows where in the rule it is, one-hot; ``wild`` is lit by the toss of a coin."""

    observation_space = spaces.Box(0.0, 1.0, (len(RULE),), np.float32)
    action_space = spaces.Discrete(2)
    senses = {name: Sense(name, 0.0, 1.0) for name in ("steady", "wild")}

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        self.age = 0
        return self._look(), {"senses": {"steady": 0.0, "wild": 0.0}}

    def step(self, action: Any) -> Any:
        self.age += 1
        lit = {"steady": RULE[(self.age - 1) % len(RULE)], "wild": float(self.np_random.integers(2))}
        return self._look(), 0.0, self.age == LIFE, False, {"senses": lit}

    def _look(self) -> Any:
        return np.eye(len(RULE), dtype=np.float32)[self.age % len(RULE)]


def lamps() -> VecEnv:
    return DummyVecEnv([Lamps] * N)


def errors(shift: int) -> np.ndarray:
    """Return the surprise at the steady lamp (T, N) of one who knows the rule, but is ``shift`` steps off."""

    def know(obs: Any) -> np.ndarray:
        lit = np.array(RULE, np.float32)[(obs.argmax(axis=1) + shift) % len(RULE)]
        return np.stack([lit, np.zeros_like(lit)], axis=1)

    world = SteeringVecEnv(lamps(), SteeringSubsystem([surprise_at("steady")]), scorecard=know)
    world.reset()
    found = []
    for _ in range(3 * LIFE):
        world.step(np.zeros(N, np.int64))
        found.append(world.last.truth[:, 1])
    return np.stack(found)


def test_who_knows_the_rule_is_never_surprised():
    found = errors(shift=0)
    assert np.isnan(found[::LIFE]).all()
    assert np.isnan(found).sum() == 3 * N
    assert np.nanmax(found) == 0.0


@pytest.mark.parametrize("shift", [-1, 1])
def test_who_is_a_step_off_is(shift: int):
    assert np.nanmean(errors(shift)) > 0.3


def test_what_is_learnt_bores_and_what_is_random_does_not():
    """With learning, surprise at the rule goes and that at the coin stays; progress is made, then no more."""
    agent = DualBrainPPO(
        "BrainPolicy",
        lamps(),
        steering=[drive(lamp) for drive in (surprise_at, curiosity_about) for lamp in ("steady", "wild")],
        assessors=AssessorOptions(learning_rate=0.02, epochs=4, tau=0.5),
        n_steps=60,
        batch_size=60,
        n_epochs=1,
        seed=0,
    )
    lived = [rollout(agent) for _ in range(12)]
    naive, expert = lived[0], lived[-1]
    assert naive["surprise_steady.surprise"] > 0.4
    assert expert["surprise_steady.surprise"] < 0.02
    assert 0.45 < expert["surprise_wild.surprise"] < 0.55
    steady, wild = (sum(each[f"curiosity_{lamp}.progress"] for each in lived) for lamp in ("steady", "wild"))
    assert steady > wild > 0.0
    for lamp in ("steady", "wild"):
        assert abs(np.mean([each[f"curiosity_{lamp}.progress"] for each in lived[-4:]])) < 0.05


def rollout(agent: DualBrainPPO) -> dict[str, float]:
    """Live through one rollout and learn from it; return the mean truth of each signal."""
    agent.learn(N * agent.n_steps, reset_num_timesteps=False)
    means = np.nanmean(agent.rollout.truth.reshape(-1, len(agent.steering.signals)), axis=0)
    return dict(zip(agent.steering.signals, means.tolist(), strict=True))
