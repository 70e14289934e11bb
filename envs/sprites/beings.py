"""Draw agents and creatures. Agents are round and bear a sprout, so that they do not look like people."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from envs.sprites.canvas import Colour, Painter, Pen, disc, tone
from envs.sprites.faces import Build, Face, cheeks, paint_face

BeingPainter = Callable[[Pen, Face], None]
"""A drawing of a being: paints it with the face that it makes."""

AGENT_COLOURS: tuple[Colour, ...] = (
    (252, 184, 76),
    (108, 182, 244),
    (142, 210, 112),
    (242, 138, 178),
    (176, 144, 236),
    (86, 206, 196),
    (238, 112, 88),
    (240, 228, 110),
)
"""Body colours of the agents of a world, in turn."""
AGENT_BUILD = Build(64, 54, 18, (11, 14), 26, 16, 9, brows=False)


def agent_name(index: int) -> str:
    """Return the name of the drawing of the agent with that number in its world."""
    colour = index % len(AGENT_COLOURS)
    return f"agent {colour + 1}" if colour else "agent"


def _agent(colour: Colour, pen: Pen, face: Face) -> None:
    edge = tone(colour, -36)
    for x in (44, 84):
        pen.ellipse((x - 14, 104, x + 14, 122), tone(colour, -54))
    pen.ellipse((16, 18, 112, 116), edge)
    pen.ellipse((19, 18, 109, 110), colour)
    pen.ellipse((36, 62, 92, 108), tone(colour, 40))
    pen.line([(64, 20), (62, 8), (72, 2)], edge, 7, "curve")
    pen.ellipse((66, -2, 86, 9), (120, 190, 96))
    cheeks(pen, AGENT_BUILD, face, (246, 138, 100))
    paint_face(pen, face, AGENT_BUILD)


def _spider(pen: Pen) -> None:
    for side in (-1, 1):
        for k, (knee, foot) in enumerate(((26, 6), (48, 40), (72, 82), (92, 118))):
            hip = 60 + 5 * k
            pen.line([(64, hip), (64 + side * 36, knee), (64 + side * 55, foot)], (34, 26, 40), 7, "curve")
    pen.ellipse((36, 58, 92, 120), (44, 34, 52))
    pen.ellipse((44, 64, 74, 98), (70, 56, 82))
    pen.polygon([(64, 84), (72, 96), (64, 108), (56, 96)], (208, 54, 58))
    pen.ellipse((44, 30, 84, 68), (44, 34, 52))
    for x in (55, 73):
        disc(pen, x, 44, 7, (250, 240, 226))
        disc(pen, x, 42, 3.5, (200, 34, 40))
    pen.line([(56, 30), (54, 20)], (34, 26, 40), 5)
    pen.line([(72, 30), (74, 20)], (34, 26, 40), 5)


AGENTS: dict[str, BeingPainter] = {agent_name(k): partial(_agent, colour) for k, colour in enumerate(AGENT_COLOURS)}
CREATURES: dict[str, Painter] = {"spider": _spider}
