"""What actor and critic read of thoughts is of the episode so far: in training, in minibatches and in evaluations."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
import torch
from gymnasium import spaces
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv

from agents import DualBrainPPO
from dualbrain import SteeringSubsystem, UserError
from dualbrain.cortex.reading import ThoughtReader
from dualbrain.episodes.evaluate import evaluate
from tests.cortex.test_carried_state import STEPS, Sum, batched, commune, summed
from tests.sample_worlds.counting import Count, Counting

MANY = 1000.0
"""More than any sum of observations of a present agent."""


def brain(world: VecEnv, reads: str = "thought", **settings: Any) -> DualBrainPPO:
    given = {"n_steps": STEPS, "batch_size": STEPS, "n_epochs": 1, "seed": 1, "cortex": Sum, **settings}
    return DualBrainPPO("BrainPolicy", world, steering=SteeringSubsystem([Count()]), reads=reads, **given)


class Looks:
    """Compares what actor and critic are given to read with the sums of the observations."""

    def __init__(self, agent: DualBrainPPO):
        self.seen = 0
        for reader in agent.policy._readers:
            reader.register_forward_hook(self.look)

    def look(self, reader: ThoughtReader, given: Any, features: torch.Tensor) -> None:
        (obs,) = given
        here = obs.abs().amax(1) < MANY  # what absent agents read is rubbish
        assert reader.thought is not None
        assert torch.equal(reader.thought[here], summed(obs[here]))
        assert torch.equal(features[:, -3:], reader.scaled(reader.thought))
        self.seen += len(obs)


def test_the_actor_reads_on_unmoved_where_learning_moves_all_thoughts_alike():
    reader = ThoughtReader(spaces.Box(0, 1, (3,)), 2, None)
    thoughts = torch.randn(500, 2, generator=torch.Generator().manual_seed(0)) * torch.tensor([0.1, 5.0]) + 7.0
    reader.follow(thoughts, thoughts)
    reader.thought = thoughts
    before = reader(thoughts)
    torch.testing.assert_close(before.mean(0), torch.zeros(2), atol=1e-4, rtol=0.0)
    torch.testing.assert_close(before.std(0), torch.ones(2), atol=1e-2, rtol=0.0)
    reader.thought = moved = thoughts + torch.tensor([40.0, -40.0])
    assert not torch.allclose(reader(moved), before)
    reader.follow(thoughts, moved)
    torch.testing.assert_close(reader(moved), before, atol=1e-3, rtol=0.0)


def test_the_scale_follows_the_thoughts_of_the_rollouts():
    agent = brain(batched()).learn(STEPS * 2)
    thoughts = agent.rollout.thoughts
    assert thoughts is not None
    (reader,) = {*agent.policy._readers}
    torch.testing.assert_close(reader.mean, thoughts[torch.as_tensor(agent.rollout.present)].mean(0))
    assert reader.seen == 1.0


@pytest.mark.parametrize(("reads", "width"), [("thought", 3), ("both", 6)])
@pytest.mark.parametrize("world", [batched, commune])
def test_what_is_read_is_the_thought_of_the_moment(reads: str, width: int, world: Any):
    agent = brain(world(), reads)
    assert agent.policy.features_dim == width
    looks, rows = Looks(agent), 2 * STEPS * agent.n_envs
    agent.learn(rows)
    assert looks.seen > 2 * rows - 100  # in collecting, and in minibatches of present agents
    assert agent.logger.name_to_value["train/approx_kl"] >= 0.0
    before = looks.seen
    evaluate(agent, batched(), 6, seed=0)
    evaluate_policy(agent, DummyVecEnv([lambda: Counting(1)]), n_eval_episodes=6, warn=False)
    assert looks.seen > before + 50


def test_minibatches_have_the_thoughts_that_actions_were_chosen_by():
    agent = brain(batched(), batch_size=3 * STEPS)
    agent.learn(3 * STEPS)
    assert agent.logger.name_to_value["train/approx_kl"] == pytest.approx(0.0, abs=1e-6)
    assert agent.logger.name_to_value["train/clip_fraction"] == 0.0


def test_a_loaded_brain_reads_the_same():
    agent = brain(batched(), "both").learn(3 * STEPS)
    file = io.BytesIO()
    agent.save(file)
    loaded = DualBrainPPO.load(file, env=batched())
    assert loaded.reads == "both"
    obs, state = np.ones((2, 3), np.float32), (np.full((2, 3), 7.0, np.float32),)
    starts = np.array([False, True])
    for each in (agent, loaded):
        _, after = each.predict(obs, state, starts, deterministic=True)
        assert after is not None
        assert after[0].tolist() == [[8.0] * 3, [101.0] * 3]
    one, other = (each.assess(obs, state, starts) for each in (agent, loaded))
    assert one["valence"].tolist() == other["valence"].tolist()
    assert loaded.learn(3 * STEPS).num_timesteps == 3 * STEPS


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"reads": "mind"}, "unknown option 'mind' of 'reads'"),
        ({"reads": "thought", "cortex": "mlp"}, "reads='thought' needs another cortex than mlp, whose thought is the"),
        ({"reads": "both", "assessors": False}, "reads='both' needs assessors: without them the cortex learns nothing"),
    ],
)
def test_what_cannot_be_read_is_refused(settings: dict[str, Any], says: str):
    with pytest.raises(UserError, match=says):
        brain(batched(), **settings)
