"""Forage: survive on berries, water and salt, among thorns."""

from __future__ import annotations

from dataclasses import replace

from envs.engine.declarations import LevelEffect, Thing
from envs.engine.world import World
from envs.shared_levels import ATE, DRANK, ENERGY, HYDRATION, SODIUM, STAMINA, TASTED_SALT

VARIANTS = (
    {"size": 9, "berries": 5, "waters": 3, "salts": 2, "thorns": 0},
    {"thorns": 20, "max_episode_steps": 40},
)
"""Options that the tests try."""


def forage(
    size: int = 16,
    berries: int = 12,
    waters: int = 8,
    salts: int = 6,
    thorns: int = 10,
    max_episode_steps: int = 2000,
) -> World:
    """Declare the world: an open meadow that asks for three things at once.

    Hunger and thirst kill. Lack of sodium wears out faster, too much of it makes thirsty. Walking tires, and walking
    tired costs energy.

    Drives: reward_modules.homeostasis:energy_and_hydration:10, salt, pain, fatigue
    """
    return World(
        name="Forage",
        size=size,
        max_episode_steps=max_episode_steps,
        levels=(
            replace(ENERGY, start=(0.7, 1.0), drain=0.006, lethal=True),
            replace(HYDRATION, start=(0.7, 1.0), drain=0.0075, lethal=True),
            replace(SODIUM, start=(0.4, 0.6), drain=0.003),
            replace(STAMINA, start=(1.0, 1.0), moving=-0.01, resting=0.04),
        ),
        level_effects=(
            LevelEffect("sodium", 0.0, 0.05, {"energy": -0.012}),
            LevelEffect("sodium", 0.85, 1.0, {"hydration": -0.02}),
            LevelEffect("stamina", 0.0, 0.0, {"energy": -0.02}),
        ),
        things=(
            Thing("berry", berries, "bush", {"energy": 0.35}, {"ate": 1.0}, regrow=(40, 90), wanders=True),
            Thing("water", waters, "pool", {"hydration": 0.35}, {"drank": 1.0}, lasts=True),
            Thing("salt", salts, "salt", {"sodium": 0.3}, {"tasted_salt": 1.0}, regrow=(60, 120)),
            Thing("thorns", thorns, "thorns", entered={"energy": -0.08}, pain=0.4),
        ),
        events=(ATE, DRANK, TASTED_SALT),
    )
