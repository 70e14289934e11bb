"""The innate senses of a native world and their order in the engine: levels, events, then these."""

from __future__ import annotations

from dualbrain.senses import EXTRINSIC_REWARD, Sense
from envs.engine.world import World

STARTLE = 2
"""Distance in cells within which something is close by."""

TASTED, EXERTION, DAMAGE, VISITED, REWARD, SKITTERING, NEAR, RETREAT = range(8)

_ALWAYS = (
    Sense("tasted_any", 0.0, 1.0, "event", "1 if something was consumed"),
    Sense("exertion", 0.0, 1.0, "event", "1 if the agent moved"),
    Sense("damage", 0.0, 1.0, "pain", "harm done to the body by what was walked onto or bit"),
    Sense(
        "visits", 1.0, unit="count", meaning="how often the agent has stood on this cell in this episode, now included"
    ),
    EXTRINSIC_REWARD,
)
_AMONG_CREATURES = (
    Sense(
        "skittering", 0.0, 1.0, "strength", "skittering motion close by: 1 beside the agent, 0.5 at two cells, else 0"
    ),
    Sense(
        "something_near",
        0.0,
        1.0,
        "event",
        "1 if a thing or a creature is within two cells: the eye has something to judge",
    ),
    Sense(
        "retreat",
        -1.0,
        4.0,
        "action",
        "step onto a free cell, away from the nearest creature within two cells; else -1",
    ),
)


def senses_of(world: World) -> tuple[Sense, ...]:
    """Return the senses that a world offers, in the engine's order."""
    levels = tuple(Sense(level.name, 0.0, 1.0, "share of full", level.meaning) for level in world.levels)
    return (*levels, *world.events, *_ALWAYS, *(_AMONG_CREATURES if world.creatures else ()))
