"""SpiderCave: spiders that skitter and bite, seen or heard of before they startle."""

from __future__ import annotations

from dataclasses import replace

from envs.engine.declarations import Creature, Thing, Vocabulary, in_order
from envs.engine.world import World
from envs.shared_levels import ATE, DRANK, ENERGY, HYDRATION, STAMINA

VARIANTS = (
    {"size": 9, "spiders": 1, "berries": 5, "waters": 4, "walls": 0},
    {"spiders": 0, "chatter": 0.0, "view": 5},
    {"chatter": 1.0, "honesty": 1.0, "lingering": 3, "max_episode_steps": 40},
    {"cooldown": 0, "max_episode_steps": 40},
    {"view": 5, "chatter": 0.8, "lingering": 2, "unseen_only": True, "yoked": True, "permuted": 3},
    {"unseen_only": True, "lingering": 3, "chatter": 1.0, "max_episode_steps": 40},
)
"""Options that the tests try."""


def spider_cave(
    size: int = 14,
    spiders: int = 2,
    berries: int = 10,
    waters: int = 7,
    walls: int = 10,
    chatter: float = 0.25,
    honesty: float = 0.7,
    lingering: int = 1,
    view: int = 9,
    cooldown: int = 30,
    unseen_only: bool = False,
    yoked: bool = False,
    permuted: int | None = None,
    max_episode_steps: int = 2000,
) -> World:
    """Declare the world: food and water in a cave with spiders, and a voice that speaks of what is near.

    A word is heard with chance ``chatter`` per step. With chance ``honesty`` it names something within 6 cells, which
    is further than the eye reaches; otherwise it is any word. It is heard for ``lingering`` steps. The eye
    sees a square of ``view`` cells. A spider that has bitten, or given up, keeps away for ``cooldown`` steps.

    unseen_only: words are heard only of what is out of view
    yoked: all words are heard equally often
    permuted: number that draws in which bit of an observation each word is heard, as a run's seed

    Drives: hunger:5, thirst:5, flinch, pain
    """
    return World(
        name="SpiderCave",
        theme="cave",
        size=size,
        walls=walls,
        view=view,
        max_episode_steps=max_episode_steps,
        levels=(
            replace(ENERGY, start=(0.7, 1.0), drain=0.0065, lethal=True),
            replace(HYDRATION, start=(0.7, 1.0), drain=0.0065, lethal=True),
            replace(STAMINA, start=(1.0, 1.0), moving=-0.01, resting=0.04),
        ),
        things=(
            Thing("berry", berries, "bush", {"energy": 0.4}, {"ate": 1.0}, regrow=(40, 90), wanders=True),
            Thing("water", waters, "pool", {"hydration": 0.4}, {"drank": 1.0}, lasts=True),
        ),
        creatures=(
            Creature(
                "spider",
                spiders,
                "spider",
                speed=0.7,
                wander=0.1,
                bite={"energy": -0.15},
                pain=0.5,
                cooldown=cooldown,
            ),
        ),
        vocabulary=Vocabulary(
            in_order(("spider", "berry", "water", "cave", "stone", "dark"), permuted),
            chance=chatter,
            honesty=honesty,
            earshot=6,
            lingers=lingering,
            unseen_only=unseen_only,
            yoked=yoked,
        ),
        events=(ATE, DRANK),
    )
