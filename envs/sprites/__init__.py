"""Drawings of what is in a world, one function each, by name.

What is made small is drawn large: on a canvas of `FINE` pixels, with a soft shadow (`envs.sprites.canvas`). A drawing
is a function that takes a pen; that of a being also takes the `Face` that it makes.
"""

from __future__ import annotations

from functools import lru_cache

from PIL import Image

from dualbrain.errors import unknown
from envs.sprites.beings import AGENT_COLOURS, AGENTS, CREATURES, BeingPainter, agent_name
from envs.sprites.canvas import CELL, FINE, Painter, draw
from envs.sprites.faces import NEUTRAL, Face
from envs.sprites.food import FOOD
from envs.sprites.grounds import LOOKS, THEMES, Theme, ground, theme_of, wall
from envs.sprites.made import MADE
from envs.sprites.nature import NATURE
from envs.sprites.people import PEOPLE

__all__ = [
    "AGENT_COLOURS",
    "BEINGS",
    "CELL",
    "DRAWINGS",
    "FINE",
    "LOOKS",
    "NEUTRAL",
    "THEMES",
    "Face",
    "Theme",
    "agent_name",
    "ground",
    "has_sprite",
    "sprite",
    "theme_of",
    "wall",
]

DRAWINGS: dict[str, Painter] = {**NATURE, **MADE, **FOOD, **CREATURES}
"""The drawings by name; those named ``bare ...`` show what is left until a thing has grown back."""
BEINGS: dict[str, BeingPainter] = {**AGENTS, **PEOPLE}
"""The drawings of those who have a face, by name."""


def has_sprite(name: str) -> bool:
    """Return whether there is a drawing of that name."""
    return name in DRAWINGS or name in BEINGS


@lru_cache(maxsize=2048)
def sprite(name: str, face: Face = NEUTRAL) -> Image.Image:
    """Return a drawing by name, ``(CELL, CELL)`` with transparency; `UserError` with the nearest name if none."""
    if name in BEINGS:
        return draw(lambda pen: BEINGS[name](pen, face))
    if name not in DRAWINGS:
        raise unknown("sprite", name, [*DRAWINGS, *BEINGS])
    return draw(DRAWINGS[name])
