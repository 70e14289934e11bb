"""SaltLick: a lever for sugar water, one for salt water, and a body that may come to lack sodium."""

from __future__ import annotations

from dataclasses import replace

from envs.engine.declarations import LevelEffect, Thing, Vocabulary
from envs.engine.world import World
from envs.shared_levels import ATE, ENERGY, SODIUM, TASTED_SALT, TASTED_SUGAR

VARIANTS = (
    {"size": 5, "delay": 0},
    {"sodium_drain": 0.004, "levers": 2, "max_episode_steps": 60},
)
"""Options that the tests try."""


def salt_lick(
    size: int = 9,
    levers: int = 1,
    delay: int = 3,
    sodium_drain: float = 0.0002,
    max_episode_steps: int = 500,
) -> World:
    """Declare the world: a small laboratory with a lever for sugar water and one for salt water.

    A lever retracts when it is pressed and comes out again elsewhere. A press is followed by a tone of its own, then
    by the taste. Energy kills. The body is born replete of sodium and stays so for a life: salt only does harm, since
    to be rid of it costs energy. ``reset(options={"body": {"sodium": 0.1}})`` drains it: now lack costs energy, and
    salt heals.

    size: side of the square, in cells
    levers: number of levers of each kind
    delay: steps from press to taste, filled by the tone
    sodium_drain: sodium lost per step, share of full

    Drives: hunger:5, salt
    """
    lever = Thing("", levers, "", delay=delay, regrow=(5, 15), wanders=True)
    return World(
        name="SaltLick",
        theme="lab",
        size=size,
        max_episode_steps=max_episode_steps,
        levels=(
            replace(ENERGY, start=(0.6, 0.9), drain=0.008, lethal=True),
            replace(SODIUM, start=(0.7, 0.8), drain=sodium_drain),
        ),
        level_effects=(
            LevelEffect("sodium", 0.0, 0.2, {"energy": -0.02}),
            LevelEffect("sodium", 0.85, 1.0, {"energy": -0.01, "sodium": -0.01}),
        ),
        things=(
            replace(
                lever,
                name="sugar lever",
                sprite="sugar lever",
                consumed={"energy": 0.4},
                tastes={"ate": 1.0, "tasted_sugar": 1.0},
                tone="sugar tone",
            ),
            replace(
                lever,
                name="salt lever",
                sprite="salt lever",
                consumed={"sodium": 0.3},
                tastes={"tasted_salt": 1.0},
                tone="salt tone",
            ),
        ),
        vocabulary=Vocabulary(("sugar tone", "salt tone"), chance=0.0),
        events=(ATE, TASTED_SALT, TASTED_SUGAR),
    )
