"""Forage and SpiderCave are hard for chance, liveable for a plain plan; spiders can be foreseen but not always."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import gymnasium
import numpy as np
import pytest
from numpy.typing import NDArray

from envs.scripted.forager import Forager
from envs.vector import VectorWorld
from tests.envs.engine.tiny import meadow

WORLDS = ("dualbrain/Forage-v0", "dualbrain/SpiderCave-v0")
LIVES, SPAN, REACH = 100, 900, 6
Policy = Callable[[NDArray[np.uint8]], NDArray[np.integer[Any]]]


class Record(NamedTuple):
    life: NDArray[np.int64]
    """``(LIVES,)``: length of each first life, `SPAN` if it went on."""
    near: NDArray[np.bool_]
    """``(steps, LIVES)``"""
    startled: NDArray[np.bool_]
    """``(steps, LIVES)``"""


def record(world: VectorWorld, policy: Policy, steps: int) -> Record:
    obs, _ = world.reset(seed=1000)
    life = np.full(LIVES, SPAN)
    seen = []
    for step in range(1, steps + 1):
        obs, _, terminated, _, _ = world.step(policy(obs))
        life = np.where(terminated, np.minimum(life, step), life)
        seen.append(
            [world.transition_senses.get(name, np.zeros(LIVES)) > 0 for name in ("something_near", "skittering")]
        )
    near, startled = np.array(seen).swapaxes(0, 1)
    return Record(life, near, startled)


def soon(events: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return whether there is an event within the next `REACH` steps."""
    return np.array([events[t + 1 : t + 1 + REACH].any(0) for t in range(len(events) - REACH)])


@pytest.mark.slow
@pytest.mark.parametrize("name", WORLDS)
def test_a_forager_outlives_chance(name: str) -> None:
    world = gymnasium.make_vec(name, num_envs=LIVES)
    assert isinstance(world, VectorWorld)
    rng = np.random.default_rng(0)
    chance = record(world, lambda obs: rng.integers(0, 6, LIVES), 400)
    plan = record(world, Forager(world.layout, LIVES).act, SPAN)
    assert 100 <= np.median(chance.life) <= 150
    assert np.median(plan.life) == SPAN >= 6 * np.median(chance.life)
    if world.world.creatures:
        for lived in (chance, plan):
            assert 0.05 < soon(lived.startled)[soon(lived.near)].mean() < 0.35


def test_a_forager_can_live_in_a_body_without_stamina() -> None:
    world = VectorWorld(meadow(), 2)
    obs, _ = world.reset(seed=0)
    assert world.action_space.contains(Forager(world.layout, 2).act(obs))
