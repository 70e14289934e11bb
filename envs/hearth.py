"""Hearth: fires in the snow, friends to touch and a playmate."""

from __future__ import annotations

from dualbrain.steering.sense import Sense
from envs.engine.declarations import Act, Level, Person, Thing
from envs.engine.world import World

VARIANTS = (
    {"size": 10, "fires": 1, "friends": 1, "playmates": 1, "snowdrifts": 0},
    {"friends": 4, "playmates": 2, "max_episode_steps": 40},
)
"""Options that the tests try."""


def hearth(
    size: int = 13,
    fires: int = 3,
    snowdrifts: int = 12,
    friends: int = 2,
    playmates: int = 1,
    max_episode_steps: int = 500,
) -> World:
    """Declare the world: warmth runs out away from the fires and kills; company and fun run out too.

    Friends are there to be touched. A playmate comes up to be caught, runs away, and comes again. At every step the
    world pays for the share of warmth, company and fun that is at ease.

    Drives: extrinsic, pain
    """
    return World(
        name="Hearth",
        theme="snow",
        size=size,
        max_episode_steps=max_episode_steps,
        levels=(
            Level(
                "warmth",
                drain=0.012,
                lethal=True,
                comfort=(0.4, 1.0),
                colour=(226, 92, 60),
                meaning="warmth of the body",
            ),
            Level(
                "company",
                (0.3, 0.6),
                drain=0.012,
                comfort=(0.4, 1.0),
                colour=(236, 150, 190),
                meaning="touch and closeness that the body has had",
            ),
            Level(
                "fun",
                (0.3, 0.6),
                drain=0.012,
                comfort=(0.4, 1.0),
                colour=(250, 208, 84),
                meaning="play that the body has had",
            ),
        ),
        things=(
            Thing("fire", fires, "fire", around={"warmth": 0.06}, reach=2, pain=0.4),
            Thing("snowdrift", snowdrifts, "snowdrift", entered={"warmth": -0.04}),
        ),
        people=(
            Person("friend", friends, "friend", speed=0.3, relation=1.0),
            Person("playmate", playmates, "playmate", "seek", speed=0.6, watches="agent", relation=1.0, cooldown=10),
        ),
        acts=(
            Act("touch", on=("friend",), gain={"company": 0.3}, touches=True, mood=0.6),
            Act("play", on=("playmate",), gain={"fun": 0.3}, events={"played": 1.0}, mood=0.6),
        ),
        events=(Sense("played", 0.0, 1.0, "event", "1 if the agent caught a playmate"),),
    )
