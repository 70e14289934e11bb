"""Agents whose missing truths are read ahead: the slow copy imagines them, with a cortex whose every step is known.

In the counting world a thought is the observation ``(agent, life, age)``, what is imagined adds ``STEP`` to it, and a
head predicts the age: the stand-in of a missing truth n steps ahead is half of ``age + 2 n``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from agents import DualBrainPPO
from agents.sb3.a2c import SteeredA2C
from dualbrain import RewardModule, Signal, Stage, SteeringSubsystem, UserError
from dualbrain.cortex.experience import Observations, State
from dualbrain.cortex.world_models import WorldModel
from dualbrain.episodes.evaluate import evaluate
from dualbrain.episodes.record import record
from dualbrain.training.observer import Observer
from dualbrain.training.rollout import Rollout
from dualbrain.worlds.batched_vec_env import BatchedVecEnv
from tests.sample_worlds.counting import CountingBatch

STEPS, N = 12, 3
STEP, WRONG = 2.0, 7.0
AHEAD = (0, 1, 3)


class Counts(WorldModel):
    """Thinks what it sees; with each step imagined the age grows."""

    width = 3

    def __init__(self, space: Any, parts: Any = (), action_space: Any = None):
        super().__init__()
        self.parts = tuple(parts)
        self.step = nn.Parameter(torch.tensor([0.0, 0.0, STEP]))

    def forward(self, obs: Observations, state: State = (), hidden: Tensor | None = None) -> tuple[Tensor, State]:
        assert isinstance(obs, Tensor)
        return obs, state

    def imagine(self, thought: Tensor, action: Tensor | None = None) -> Tensor:
        return thought + self.step


def unknown(steps: int) -> Signal:
    return Signal(f"ahead_{steps}", low=-10.0, high=10.0, horizon=2, defer=0.5, imagined=steps)


class Unknown(RewardModule):
    """Knows nothing, so that what is predicted stands in, at three distances; and reads what is imagined."""

    emits = (*map(unknown, AHEAD), Signal("read", high=100.0, horizon=2))

    def truth(self, imagined: Any, thought: Any) -> Any:
        read = imagined["unknown.ahead_3"] - thought["unknown.ahead_3"]
        return {**{signal.name: np.nan for signal in self.emits}, "read": read}


def made(algorithm: str, steering: SteeringSubsystem | None = None, cortex: Any = Counts) -> Any:
    settings: dict[str, Any] = {"seed": 1, "gamma": 0.9, "cortex": cortex, "steering": steering or [Unknown()]}
    world = BatchedVecEnv(CountingBatch())
    if algorithm == "ppo":
        return DualBrainPPO("BrainPolicy", world, n_steps=STEPS, batch_size=STEPS, n_epochs=1, **settings)
    return SteeredA2C("MlpPolicy", world, n_steps=4, window=STEPS, **settings)


def instructed(agent: Any) -> Any:
    """Let the slow copy predict the age, and add the known step; the live one is wrong in both."""
    network = agent.assessing
    with torch.no_grad():
        for short in (network.slow.heads, network.assessors.short):
            short.weight[:] = torch.tensor([0.0, 0.0, 1.0]) / short.scale[:, None]
        network.assessors.short.weight.mul_(WRONG)
        network.cortex.step.mul_(WRONG)
    return agent


class Checks(Observer):
    """Checks the first rollout by hand; until its end nothing is learned."""

    rollouts = 0

    def on_rollout(self, rollout: Rollout, step: int) -> Mapping[str, float]:
        self.rollouts += 1
        if self.rollouts == 1:
            ages = np.stack(self.ages)
            for k, ahead in enumerate(AHEAD):
                stand_in = 0.5 * (ages + STEP * ahead).clip(-10.0, 10.0)
                np.testing.assert_allclose(rollout.settled[..., k], stand_in, rtol=1e-6)
                np.testing.assert_allclose(rollout.from_thought[..., k], stand_in.clip(-5.0, 5.0), rtol=1e-6)
            np.testing.assert_allclose(rollout.from_thought[..., 3], 3 * STEP, rtol=1e-6)
            assert not rollout.from_truth.any()
        return {}

    def on_rollout_start(self, about: Any) -> None:
        self.ages: list[Any] = []

    def on_step(self, step: Any) -> None:
        self.ages.append(np.array(step.final_obs)[:, 2])


@pytest.mark.parametrize("algorithm", ["ppo", "a2c"])
def test_what_stands_in_is_half_of_the_age_to_come(algorithm: str):
    agent, checks = instructed(made(algorithm)), Checks()
    agent.learn(2 * STEPS * N, callback=checks)
    assert checks.rollouts >= 1
    assert agent.audit.report()["thought"] == 1.0


@pytest.mark.parametrize("algorithm", ["ppo", "a2c"])
def test_played_episodes_are_paid_as_training_is(algorithm: str):
    agent = instructed(made(algorithm))
    recording = record(agent, BatchedVecEnv(CountingBatch()), 3, seed=0)
    age = recording.observations[:, 2] + 1.0
    for ahead in AHEAD:
        paid = (0.5 * (age + STEP * ahead).clip(-10.0, 10.0)).clip(-5.0, 5.0)
        np.testing.assert_allclose(recording.table[f"paid_by_thought/unknown.ahead_{ahead}"], paid, rtol=1e-6)
    books: Any = evaluate(agent, BatchedVecEnv(CountingBatch()), 3, seed=0).paid
    assert books.by_thought == 1.0
    np.testing.assert_allclose(books.thought[3], 3 * STEP * len(age), rtol=1e-6)


def test_how_far_ahead_is_saved_with_the_brain(tmp_path: Path):
    stages = [Stage("only", imagined={"unknown.ahead_1": 2})]
    agent = instructed(made("ppo", SteeringSubsystem([Unknown()], stages=stages)))
    agent.save(tmp_path / "brain")
    again = DualBrainPPO.load(tmp_path / "brain", trusted=True)
    assert again.steering.imagining == agent.steering.imagining
    assert again.steering.imagined.tolist() == [0, 2, 3, 0]
    obs, ahead = np.array([[1.0, 2.0, 3.0]], np.float32), again.steering.imagined
    scorecard: Any = again.scorecard
    assert scorecard(obs)[0, :3].tolist() == pytest.approx([3.0, 3.0, 3.0])
    assert scorecard.imagine(ahead)[0, :3].tolist() == pytest.approx([3.0, 7.0, 9.0])


@pytest.mark.parametrize("algorithm", ["ppo", "a2c"])
def test_a_cortex_that_cannot_imagine_is_refused(algorithm: str):
    says = (
        r"signal 'unknown\.ahead_1' is read 1 step ahead, but the cortex \w+ cannot imagine: "
        r"choose a world model \(.*predictive.*\), or imagined=0"
    )
    with pytest.raises(UserError, match=says):
        made(algorithm, cortex="mlp")
    blind = made(algorithm, SteeringSubsystem([Unknown()], cut_wire=True), cortex="mlp")
    with pytest.raises(UserError, match=says):
        blind.set_steering([Unknown()])
