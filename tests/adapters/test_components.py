"""The long assessor of each component of a vector reward foretells that component's discounted return."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("mo_gymnasium", reason="needs pip install dualbrain[mo-gymnasium]")

from agents import DualBrainPPO
from dualbrain import SteeringSubsystem
from dualbrain.assessors import AssessorOptions
from dualbrain.environments import make_vec_env
from reward_modules import component

GAMMA = 0.97
WORLDS = {
    "deep-sea-treasure-v0": {"treasure": 1.0, "time": 1.0},
    "resource-gathering-v0": {"killed": 0.5, "gold": 2.0, "gem": 2.0},
}
EPISODES = 4_000
OFTEN = 200
"""Visits from which on the average return of a state is compared."""


def brain(world: str, seed: int, **assessors: Any) -> DualBrainPPO:
    weights = WORLDS[world]
    return DualBrainPPO(
        "BrainPolicy",
        make_vec_env(world, 64, seed),
        steering=SteeringSubsystem([component(name) for name in weights], weights),
        assessors=AssessorOptions(batch_size=512, **assessors),
        gamma=GAMMA,
        n_steps=32,
        batch_size=512,
        n_epochs=4,
        ent_coef=0.1,
        learning_rate=2e-3,
        seed=seed,
    )


def grown(world: str, seed: int, **assessors: Any) -> DualBrainPPO:
    """Return a brain that first learned to act, and then, acting as it does, what comes of it."""
    agent = brain(world, seed, **assessors)
    agent.learn(60_000)
    agent.learning_rate = 0.0
    agent._setup_lr_schedule()
    agent.learn(120_000)
    return agent


def lived(agent: DualBrainPPO, world: str, seed: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return states met often ``(S, ...)``, first where lives begin, their visits ``(S,)`` and mean returns ``(S, K)``.

    The returns are summed up here from the vectors that the environment pays.
    """
    env: Any = make_vec_env(world, 64, seed)
    obs, running = env.reset(), [[] for _ in range(64)]  # type: ignore[var-annotated]
    returns: dict[bytes, list[Any]] = defaultdict(list)
    start, states, ended = obs[0].tobytes(), {}, 0
    while ended < EPISODES:
        following, _, dones, infos = env.step(agent.predict(obs)[0])
        for i in range(64):
            states[obs[i].tobytes()] = obs[i]
            running[i].append((obs[i].tobytes(), infos[i]["vector_reward"]))
            if dones[i]:
                backwards(running[i], returns)
                running[i], ended = [], ended + 1
        obs = following
    often = [start] + [key for key in returns if key != start and len(returns[key]) >= OFTEN]
    return (
        np.array([states[key] for key in often]),
        np.array([len(returns[key]) for key in often]),
        np.array([np.mean(returns[key], axis=0) for key in often]),
    )


def backwards(life: list[tuple[bytes, Any]], returns: dict[bytes, list[Any]]) -> None:
    """Discount one whole life; none here is so long that its time limit matters."""
    total: Any = 0.0
    for state, vector in reversed(life):
        total = vector + GAMMA * total
        returns[state].append(total)


def errors(agent: DualBrainPPO, states: NDArray[Any], visits: NDArray[Any], returns: NDArray[Any]) -> NDArray[Any]:
    """Return ``(2, K)`` each long head's relative error where lives begin, and over all states, weighted by visits."""
    told = np.stack(list(agent.assess(states)["long"].values()), axis=-1)
    off = np.abs(told - returns)
    return np.stack([off[0] / np.abs(returns[0]), visits @ off / (visits @ np.abs(returns))])
