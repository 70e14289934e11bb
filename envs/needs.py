"""Needs: up to six levels that wear off at their own rates, and a thing that restores each."""

from __future__ import annotations

from dataclasses import replace

from dualbrain.errors import UserError
from dualbrain.steering.sense import Sense
from envs.engine.declarations import Level, Thing
from envs.engine.world import World
from envs.shared_levels import ATE, DRANK, ENERGY, HYDRATION, SODIUM, TASTED_SALT

VARIANTS = (
    {"needs": 2, "size": 7, "supply": 2},
    {"needs": 6, "death": False, "max_episode_steps": 80},
    {"needs": 3, "supply": 6, "max_episode_steps": 40},
)
"""Options that the tests try."""

NEEDS = (
    (replace(ENERGY, drain=0.006), "berry", "bush", ATE),
    (replace(HYDRATION, drain=0.0075), "water", "pool", DRANK),
    (replace(SODIUM, drain=0.005), "salt", "salt", TASTED_SALT),
    (
        Level("iron", drain=0.004, colour=(178, 96, 76), meaning="iron in the body"),
        "iron rock",
        "iron rock",
        Sense("tasted_iron", 0.0, 1.0, "event", "1 if iron touched the tongue"),
    ),
    (
        Level("calcium", drain=0.0045, colour=(240, 236, 220), meaning="calcium in the body"),
        "milk jug",
        "milk jug",
        Sense("tasted_calcium", 0.0, 1.0, "event", "1 if calcium touched the tongue"),
    ),
    (
        Level("vitamins", drain=0.0055, colour=(128, 196, 92), meaning="vitamins in the body"),
        "herbs",
        "herbs",
        Sense("tasted_vitamins", 0.0, 1.0, "event", "1 if vitamins touched the tongue"),
    ),
)
"""What the body needs, which thing stills it, how that is drawn, and how it tastes."""
EASE = 0.35
"""Level above which a need is at ease."""
MEAL = 0.4
"""What one thing adds to its level."""


def needs(
    needs: int = 4,
    size: int = 11,
    supply: int = 4,
    death: bool = True,
    max_episode_steps: int = 1000,
) -> World:
    """Declare the world: an orchard in which each need has a thing of its own, and no two wear off together.

    The score of a step is the share of needs that are at ease.

    needs: how many of energy, hydration, sodium, iron, calcium and vitamins, in this order, 2 to 6
    size: side of the square, in cells
    supply: number of things for each need
    death: whether the agent dies when nothing is left of any level

    Drives: extrinsic, hunger:5, thirst:5, salt
    """
    if not 2 <= needs <= len(NEEDS):
        raise UserError(f"option 'needs' of world Needs must lie in 2 to {len(NEEDS)}, not {needs}")
    chosen = NEEDS[:needs]
    return World(
        name="Needs",
        theme="orchard",
        size=size,
        max_episode_steps=max_episode_steps,
        levels=tuple(replace(level, start=(0.6, 1.0), comfort=(EASE, 1.0), lethal=death) for level, _, _, _ in chosen),
        things=tuple(
            Thing(thing, supply, drawing, {level.name: MEAL}, {taste.name: 1.0}, regrow=(20, 40), wanders=True)
            for level, thing, drawing, taste in chosen
        ),
        events=tuple(taste for _, _, _, taste in chosen),
    )
