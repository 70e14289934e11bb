"""The long assessor of each component of a vector reward foretells that component's discounted return."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

pytest.importorskip("mo_gymnasium", reason="needs pip install dualbrain[mo-gymnasium]")

from agents import DualBrainPPO
from dualbrain import SteeringSubsystem
from dualbrain.heads.options import AssessorOptions
from dualbrain.worlds.make_env import make_vec_env
from reward_modules import component

GAMMA = 0.97
EPISODES = 40_000
OFTEN = 1000
"""Visits from which on the average return of a state is compared."""
UP, DOWN, LEFT, RIGHT = range(4)


@dataclass(frozen=True)
class Setting:
    """A world, its components, the way to go ``state -> action``, and for how many steps to learn what comes of it."""

    world: str
    components: tuple[str, ...]
    states: Any
    way: Callable[[Any], int]
    steps: int


def to_the_sixth_treasure(state: Any) -> int:
    return RIGHT if state[1] < 5 else DOWN


def to_gold_and_gem(state: Any) -> int:
    """Straight up to the gold, past an enemy, right past another one and down to the gem, and home along the edge."""
    row, column, gold, gem = state
    if not gold:
        return UP if column == 2 else LEFT if column > 2 else RIGHT
    if not gem:
        return RIGHT if column < 4 else DOWN if row < 1 else UP
    return DOWN if row < 4 else LEFT if column > 2 else RIGHT


def grid(*sizes: int) -> Any:
    return np.stack(np.meshgrid(*map(np.arange, sizes), indexing="ij"), axis=-1).reshape(-1, len(sizes))


SEA = Setting("deep-sea-treasure-v0", ("treasure", "time"), grid(11, 11), to_the_sixth_treasure, 160_000)
GATHERING = Setting("resource-gathering-v0", ("killed", "gold", "gem"), grid(5, 5, 2, 2), to_gold_and_gem, 800_000)


def grown(setting: Setting, faithful: float = 0.9, steps: int | None = None, **assessors: Any) -> DualBrainPPO:
    """Return a brain that goes its way, at each step with probability ``faithful``, and learned what comes of it."""
    agent = DualBrainPPO(
        "BrainPolicy",
        make_vec_env(setting.world, 64, seed=0),
        steering=SteeringSubsystem([component(name) for name in setting.components]),
        assessors=AssessorOptions(**{"batch_size": 256, "epochs": 6, "learning_rate": 5e-4, **assessors}),
        learning_rate=0.0,
        gamma=GAMMA,
        n_steps=64,
        batch_size=4096,
        n_epochs=1,
        seed=0,
    )
    show(agent, setting, faithful)
    for learning_rate in (1.0, 0.1, 0.3, 1.0):
        for group in agent.policy.assessor_optimizer.param_groups:  # type: ignore[union-attr]
            group["lr"] *= learning_rate  # small steps in the end average what dice decide
        agent.learn(setting.steps // 4 if steps is None else steps)
    return agent


def show(agent: DualBrainPPO, setting: Setting, faithful: float) -> None:
    """Teach the actor the way; PPO, whose learning rate is 0, leaves it as it is."""
    wanted = torch.full((len(setting.states), 4), (1.0 - faithful) / 3.0)
    wanted[range(len(wanted)), [setting.way(state) for state in setting.states]] = faithful
    shown = torch.as_tensor(setting.states, dtype=torch.float32)
    actor = [*agent.policy.mlp_extractor.policy_net.parameters(), *agent.policy.action_net.parameters()]
    optimizer = torch.optim.Adam(actor, lr=1e-2)
    for _ in range(400):
        distribution: Any = agent.policy.get_distribution(shown).distribution
        optimizer.zero_grad()
        (-(wanted * distribution.logits).sum(dim=-1).mean()).backward()
        optimizer.step()
    agent.policy.zero_grad(set_to_none=True)


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


@cache
def seafarer() -> DualBrainPPO:
    return grown(SEA)


@cache
def sea_life() -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    return lived(seafarer(), SEA.world, seed=1000)


@pytest.mark.slow
def test_long_heads_are_discounted_component_returns_in_the_deep_sea():
    _, _, returns = sea_life()
    off = errors(seafarer(), *sea_life())
    print(off)
    assert np.abs(returns[0]).min() > 1.0, "every component matters here"
    assert (off <= 0.1).all(), (returns[0], off)


@pytest.mark.slow
def test_long_heads_are_discounted_component_returns_in_gathering():
    agent = grown(GATHERING)
    _, _, returns = met = lived(agent, GATHERING.world, seed=1000)
    off = errors(agent, *met)
    print(off)
    assert np.abs(returns[0]).min() > 0.1, "every component matters here"
    assert (off <= 0.1).all(), (returns[0], off)


@pytest.mark.slow
def test_heads_that_did_not_learn_foretell_nothing():
    """The control: the same actor, whose assessors stay as they were born."""
    agent = grown(SEA, steps=2048, learning_rate=0.0)
    assert (errors(agent, *sea_life()) > 0.1).all()


@pytest.mark.slow
def test_nor_do_heads_foretell_another_life():
    """The control: what a brain foretells of its own life is not what one that strays more comes to."""
    other = lived(grown(SEA, faithful=0.5, steps=0), SEA.world, seed=1000)
    assert (errors(seafarer(), *other)[0] > 0.1).all()
