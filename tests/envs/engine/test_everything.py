"""A world with every kind of thing that there is: a batch is still each of its worlds alone, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dualbrain.steering.sense import Sense
from envs.engine.declarations import Creature, Item, Level, LevelEffect, Thing, Vocabulary
from envs.engine.world import World
from envs.vector import VectorWorld
from tests.envs.engine.tiny import ATE

WORLDS, STEPS = 24, 400
SALTED = Sense("salted", 0.0, 1.0, "event", "1 if salt was tasted")


def everything(agents: int) -> World:
    """Declare a small square in which every mechanism of bodies, things and items is at work."""
    return World(
        name="Everything",
        agents=agents,
        size=10,
        view=5,
        walls=3,
        max_episode_steps=60,
        score=0.5,
        levels=(
            Level("energy", (0.4, 0.9), drain=0.01, moving=-0.005, lethal=True, comfort=(0.5, 1.0)),
            Level("warmth", (0.2, 0.6), drain=0.02, comfort=(0.3, 0.7)),
        ),
        level_effects=(LevelEffect("warmth", 0.0, 0.05, {"energy": -0.02}),),
        things=(
            Thing("lever", 3, "lever", {"energy": 0.1}, {"salted": 1.0}, 3, "click", 0.25, lasts=True, looks=("box",)),
            Thing("trap", 2, "lever", delay=1, score=-1.0, sting=0.5, regrow=(3, 9), looks=("box", "mark")),
            Thing("apple", 8, "bush", {"energy": 0.3}, {"ate": 1.0}, regrow=(2, 6), kin=(0.1, 0.4, 0.8), wanders=True),
            Thing("stove", 2, "stove", around={"warmth": 0.06}, reach=2, entered={"energy": -0.05}, pain=0.2),
            Thing("bush", 4, "bush", gives="raw", regrow=(2, 4)),
            Thing("pot", 3, "pot", turns={"raw": "done", "waste": ""}, spoils="waste", score=0.1, lasts=True),
        ),
        items=(
            Item("raw", "bean", {"energy": -0.1}, pain=0.25, score=-0.5),
            Item("done", "bean", {"energy": 0.5}, {"ate": 1.0}, score=2.0),
            Item("waste", "bean"),
        ),
        creatures=(Creature("spider", 1, "spider", bite={"energy": -0.1}),),
        vocabulary=Vocabulary(("click", "trap", "apple", "spider", "dark"), chance=0.3, earshot=3),
        events=(ATE, SALTED),
    )


def gluttony(n: int) -> NDArray[np.int64]:
    """Draw actions that consume every second time."""
    return np.random.default_rng(2).choice(6, (STEPS, n), p=[0.04, 0.12, 0.12, 0.12, 0.12, 0.48])


@pytest.mark.parametrize("agents", [1, 3])
def test_a_batch_is_its_worlds_alone(agents: int) -> None:
    world, n = everything(agents), WORLDS * agents
    many, alone = VectorWorld(world, n), {i: VectorWorld(world, agents) for i in (0, 7, WORLDS - 1)}
    many.reset(seed=3)
    for i, one in alone.items():
        one.reset(seed=3 + i)
    met: set[str] = set()
    for actions in gluttony(n):
        report: tuple[NDArray[Any], ...] = many.step(actions)[:4]
        for i, one in alone.items():
            rows = slice(i * agents, (i + 1) * agents)
            for ours, theirs in zip(report, one.step(actions[rows])[:4], strict=True):
                np.testing.assert_array_equal(ours[rows], theirs)
            for name in many.senses:
                np.testing.assert_array_equal(many.transition_senses[name][rows], one.transition_senses[name])
                np.testing.assert_array_equal(many.reset_senses[name][rows], one.reset_senses[name])
        met |= {name for name, bits in zip(many.layout.bit_names, report[0].T, strict=True) if bits.any()}
        met |= {name for name, values in many.transition_senses.items() if values.any()}
    rare = {"holds raw", "holds done", "holds waste", "hears click", "mark[+0,+0]", "salted", "ate", "damage"}
    assert rare <= met, "the test means nothing for what never happens"
