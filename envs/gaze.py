"""Gaze: boxes that look alike, and a partner who looks at the full one."""

from __future__ import annotations

from dualbrain.errors import UserError
from dualbrain.steering.sense import Sense
from envs.engine.declarations import Person, Thing
from envs.engine.world import World

VARIANTS = (
    {"size": 5, "boxes": 2, "honesty": 0.5},
    {"boxes": 6, "partners": 2, "penalty": 0.0, "max_episode_steps": 40},
)
"""Options that the tests try."""


def gaze(
    size: int = 6,
    boxes: int = 4,
    partners: int = 1,
    honesty: float = 1.0,
    penalty: float = 0.25,
    max_episode_steps: int = 200,
) -> World:
    """Declare the world: a partner stands still and looks at one of several boxes, in which there is something.

    Which box it is cannot be seen, but where the partner looks can: the view marks it. A box that is opened closes and
    comes back elsewhere. Finding something scores 1.

    size: side of the square, in cells
    boxes: number of boxes, one of them full
    partners: number of partners
    honesty: chance that a partner looks at the full box, and not at any other
    penalty: score lost by opening an empty box
    max_episode_steps: length of an episode

    Drives: extrinsic
    """
    if boxes < 2:
        raise UserError(f"option 'boxes' of world Gaze must be at least 2, not {boxes}")
    return World(
        name="Gaze",
        theme="village",
        size=size,
        view=11,
        score=0.0,
        max_episode_steps=max_episode_steps,
        levels=(),
        things=(
            Thing(
                "full box",
                1,
                "box",
                tastes={"opened": 1.0, "found": 1.0},
                score=1.0,
                looks=("box",),
                regrow=(2, 5),
                wanders=True,
            ),
            Thing(
                "empty box",
                boxes - 1,
                "box",
                tastes={"opened": 1.0},
                score=-penalty,
                looks=("box",),
                regrow=(2, 5),
                wanders=True,
            ),
        ),
        people=(Person("partner", partners, "partner", "stay", watches="full box", honesty=honesty, relation=1.0),),
        events=(
            Sense("opened", 0.0, 1.0, "event", "1 if the agent opened a box"),
            Sense("found", 0.0, 1.0, "event", "1 if something was in the box that the agent opened"),
        ),
    )
