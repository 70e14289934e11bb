"""Commons: several agents share apples that grow back only near other apples."""

from __future__ import annotations

from dataclasses import replace

from envs.engine.declarations import Act, Thing, Vocabulary
from envs.engine.world import World
from envs.shared_levels import ATE, ENERGY

VARIANTS = (
    {"agents": 1, "size": 12, "apples": 20},
    {"agents": 6, "apples": 40, "max_episode_steps": 40},
)
"""Options that the tests try."""

KIN = (0.0, 0.1, 0.25, 0.5, 0.8, 1.0)
"""Chance that an apple grows back when its time has come, by the number of apples within two cells."""


def commons(agents: int = 4, size: int = 16, apples: int = 80, max_episode_steps: int = 500) -> World:
    """Declare the world: apples regrow only near other apples, faster near many.

    Apples are all there is to eat, and each one eaten counts. An agent can share its energy with the nearest beside it,
    zap the nearest within three cells, who is in pain and can do nothing for a while, and signal to those in earshot.

    agents: how many harvest together

    Drives: hunger:5, pain
    """
    return World(
        name="Commons",
        theme="orchard",
        agents=agents,
        size=size,
        max_episode_steps=max_episode_steps,
        score=0.0,
        levels=(replace(ENERGY, start=(0.7, 1.0), drain=0.008, lethal=True),),
        things=(
            Thing("apple", apples, "apple patch", {"energy": 0.055}, {"ate": 1.0}, score=1.0, regrow=(10, 20), kin=KIN),
        ),
        acts=(
            Act("share", gain={"energy": -0.1}, gives={"energy": 0.1}),
            Act("zap", reach=3, cost={"energy": -0.01}, hurts=True, stuns=8),
            Act("signal", says="here"),
        ),
        vocabulary=Vocabulary(("here",), chance=0.0),
        events=(ATE,),
    )
