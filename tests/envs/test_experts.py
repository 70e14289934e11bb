"""Every world's scripted expert plays far better than chance."""

from __future__ import annotations

import numpy as np
import pytest

from envs.scripted import EXPERTS
from tests.envs.lives import chance, expert, live, make

LIVES = 60
"""Agents: a multiple of 1 to 6."""
STEPS = 600
"""Of lives, at most."""


@pytest.mark.parametrize("name", EXPERTS)
def test_the_expert_beats_chance(name: str) -> None:
    world = make(name, LIVES)
    skilled, random = (live(world, policy, steps=STEPS).score for policy in (expert(name, world), chance(world)))
    spread = np.sqrt((skilled.var() + random.var()) / LIVES)
    assert skilled.mean() - random.mean() > 10 * spread


def test_those_who_play_the_same_differ_by_luck_only() -> None:
    """The comparison above, with nothing to find."""
    world = make("dualbrain/Forage-v0", LIVES)
    one, other = (live(world, chance(world, seed), 1000 * seed).score for seed in (1, 2))
    assert abs(one.mean() - other.mean()) < 4 * np.sqrt((one.var() + other.var()) / LIVES)
