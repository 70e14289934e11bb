"""The innate senses of a native world and their order in the engine: levels, events, then these."""

from __future__ import annotations

from dualbrain.steering.sense import EXTRINSIC_REWARD, Sense
from envs.engine.world import World

STARTLE = 2
"""Distance in cells within which something is close by."""

TASTED, EXERTION, DAMAGE, VISITED, REWARD, SKITTERING, NEAR, RETREAT = range(8)
"""Rows after those of levels and events; the last three only among creatures."""

(
    FACE_NEAR,
    GAZE_ON_ME,
    BEING_WATCHED,
    VOICE,
    TOUCH,
    OTHER_MOOD,
    OTHER_PAIN,
    OTHER_ATE,
    OTHER_NEAR,
    PERSON_IN_VIEW,
    OTHER_RELATION,
    GAZE_SHARED,
    PRESTIGE_NEAR,
) = range(13)
"""Rows from `before_people` on."""

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
# Faces of strangers tell nothing. Other agents are familiar, but have neither mood nor eyes that could be read.
_AMONG_PEOPLE = (
    Sense("face_near", 0.0, 1.0, "strength", "a familiar face or another agent close by: 1 beside, 0.5 at two cells"),
    Sense("gaze_on_me", 0.0, 1.0, "event", "1 if a familiar person in view looks at the agent"),
    Sense(
        "being_watched",
        0.0,
        1.0,
        "share of people",
        "share of all people who are seen to look at the agent: familiar ones in view",
    ),
    Sense(
        "voice",
        0.0,
        1.0,
        "event",
        "1 if someone in earshot spoke: another agent, or anybody when a word is heard and a person is in earshot",
    ),
    Sense("touch", 0.0, 1.0, "event", "1 if the agent touched someone or was touched"),
    Sense("other_mood", -1.0, 1.0, "mood", "mood of the nearest familiar person in view; 0 if there is none"),
    Sense("other_pain", 0.0, 1.0, "event", "1 if a familiar person in view is in pain, or another agent there hurt"),
    Sense("other_ate", 0.0, 1.0, "event", "1 if a familiar person or another agent in view ate"),
    Sense("other_near", 0.0, 1.0, "event", "1 if a person or another agent is within two cells"),
    Sense("person_in_view", 0.0, 1.0, "event", "1 if a person is in view, familiar or not"),
    Sense(
        "other_relation",
        -1.0,
        1.0,
        "enemy to friend",
        "relation of the nearest person in view; 0 if there is none, or it is a stranger",
    ),
    Sense(
        "gaze_shared",
        0.0,
        1.0,
        "event",
        "1 if the agent is within one cell of what the nearest familiar person in view looks at, unless at the agent",
    ),
    Sense(
        "prestige_near",
        0.0,
        1.0,
        "share of people",
        "share of the other familiar people in view who look at the person nearest to the agent, within three cells",
    ),
)


def before_people(world: World) -> int:
    """Return the number of senses that come before the social ones."""
    among_creatures = _AMONG_CREATURES if world.creatures else ()
    return len(world.levels) + len(world.events) + len(_ALWAYS) + len(among_creatures)


def senses_of(world: World) -> tuple[Sense, ...]:
    """Return the senses that a world offers, in the engine's order."""
    levels = tuple(Sense(level.name, 0.0, 1.0, "share of full", level.meaning) for level in world.levels)
    among_creatures = _AMONG_CREATURES if world.creatures else ()
    return (*levels, *world.events, *_ALWAYS, *among_creatures, *(_AMONG_PEOPLE if world.social else ()))
