"""Another drive is another animal: hungry goes left for food, thirsty right for water, unlearned nowhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from stable_baselines3.common.env_util import make_vec_env

from agents import DualBrainPPO
from dualbrain.heads.options import AssessorOptions
from tests.sample_worlds.corridor import Corridor
from tests.seeds import seeds

EPISODES = 60


def animal(modules: list[str], seed: int, steps: int = 6_000, **kwargs: Any) -> DualBrainPPO:
    agent = DualBrainPPO(
        "BrainPolicy",
        make_vec_env(Corridor, 8),
        steering=modules,
        n_steps=32,
        batch_size=128,
        seed=seed,
        learning_rate=kwargs.pop("learning_rate", 1e-3),
        **kwargs,
    )
    agent.learn(steps)
    return agent


def share_going_left(agent: DualBrainPPO) -> float:
    """Return the share of episodes that end at the food, actions sampled as in life."""
    assert agent.env is not None
    env = agent.env
    left: list[float] = []
    env.seed(0)
    obs = env.reset()
    while len(left) < EPISODES:
        obs, _, dones, infos = env.step(agent.predict(obs)[0])  # type: ignore[arg-type]
        left += [infos[i]["went_left"] for i in np.flatnonzero(dones)]
    return float(np.mean(left))


@pytest.mark.parametrize("seed", seeds(5))
def test_hunger_goes_left_and_thirst_goes_right(seed):
    assert share_going_left(animal(["hunger"], seed)) >= 0.9
    assert share_going_left(animal(["thirst"], seed)) <= 0.1


def test_a_brain_that_does_not_learn_does_neither():
    """The control."""
    still = AssessorOptions(learning_rate=0.0)
    animals = [animal([drive], 0, steps=512, learning_rate=0.0, assessors=still) for drive in ("hunger", "thirst")]
    shares = [share_going_left(agent) for agent in animals]
    assert all(0.2 < share < 0.8 for share in shares), shares
