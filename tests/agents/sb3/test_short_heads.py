"""Assessors beside an algorithm foresee as well as those that share PPO's critic, where the policies are alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from agents import DualBrainPPO
from agents.sb3.dqn import SteeredDQN
from dualbrain.episodes.evaluate import evaluate
from dualbrain.heads.options import AssessorOptions

STEPS, N_ENVS = 160_000, 16
DRIVES = ["flinch", "hunger"]


def at_random(cls: Any) -> Any:
    """An agent whose policy is any action, whatever it learns: what it foresees is all that it learns."""

    class AtRandom(cls):  # type: ignore[misc]
        def predict(self, observation: Any, *_: Any, **__: Any) -> Any:
            n = len(observation)
            return np.array([self.action_space.sample() for _ in range(n)]), None

    return AtRandom


@pytest.mark.slow
def test_auroc_is_that_of_ppo():
    shared: dict[str, Any] = {"steering": DRIVES, "n_envs": N_ENVS, "seed": 0, "pictures": 0}
    shared["assessors"] = AssessorOptions(epochs=2)
    replaying = {"learning_starts": 10 * STEPS, "exploration_fraction": 1.0, "exploration_final_eps": 1.0}
    dqn = at_random(SteeredDQN)("auto", "dualbrain/SpiderCave-v0", buffer_size=100, window=128, **replaying, **shared)
    still = {"learning_rate": 0.0, "n_steps": 128, "batch_size": 256, "n_epochs": 1}  # PPO's first policy is at random
    ppo = at_random(DualBrainPPO)("BrainPolicy", "dualbrain/SpiderCave-v0", **still, **shared)
    found = {}
    for agent in (dqn, ppo):
        agent.learn(STEPS)
        agent.action_space.seed(7)
        played = evaluate(agent, "dualbrain/SpiderCave-v0", episodes=256, seed=7)
        found[type(agent).__mro__[1].__name__] = {name: skill.auroc for name, skill in played.signals.items()}
    for name, auroc in found["SteeredDQN"].items():
        assert auroc > 0.7, found
        assert abs(auroc - found["DualBrainPPO"][name]) < 0.05, found
