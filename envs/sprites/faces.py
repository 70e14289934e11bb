"""Draw faces: eyes with a direction of gaze, a mouth that shows the mood, and signs of pain."""

from __future__ import annotations

from typing import NamedTuple

from envs.sprites.canvas import Colour, Pen, disc

LIP, WHITE, PUPIL, TEAR = (116, 34, 38), (255, 255, 255), (40, 32, 42), (86, 176, 246)


class Face(NamedTuple):
    """The state that a face shows."""

    mood: int = 0
    """-1 frowns, 1 smiles."""
    hurt: bool = False
    look: tuple[int, int] = (0, 0)
    """Where it looks, each -1, 0 or 1: to the right, down."""


NEUTRAL = Face()


class Build(NamedTuple):
    """The place of a face on the canvas."""

    x: float
    y: float
    """Between the eyes."""
    apart: float
    """Half the distance of the eyes."""
    eye: tuple[float, float]
    """Half the width and height of an eye."""
    mouth: float
    """Distance of the mouth below the eyes."""
    cheek: float
    """How much further apart than the eyes the cheeks are."""
    turn: float
    """How far the whole face turns to where it looks."""
    brows: bool = True
    """Whether brows show a frown."""


def paint_face(pen: Pen, face: Face, build: Build) -> None:
    """Paint eyes, mouth and brows, turned to where the being looks."""
    x, y = build.x + face.look[0] * build.turn, build.y + face.look[1] * build.turn * 0.7
    for side in (-1, 1):
        _eye(pen, x + side * build.apart, y, face, build)
        if face.mood < 0 and build.brows:
            inner, outer = x + side * (build.apart - 9), x + side * (build.apart + 9)
            pen.line((inner, y - build.eye[1] - 1, outer, y - build.eye[1] - 11), PUPIL, 7)
    _mouth(pen, x, y + build.mouth, face.mood)
    if face.hurt:
        _tear(pen, x - build.apart - 4, y + build.eye[1])
        _plaster(pen, x + build.apart, y - build.eye[1] - 10)


def _eye(pen: Pen, x: float, y: float, face: Face, build: Build) -> None:
    width, height = build.eye
    pen.ellipse((x - width, y - height, x + width, y + height), WHITE)
    x, y = x + face.look[0] * width * 0.5, y + face.look[1] * height * 0.46
    pen.ellipse((x - width * 0.58, y - height * 0.66, x + width * 0.58, y + height * 0.66), PUPIL)
    disc(pen, x + width * 0.2, y - height * 0.26, width * 0.26, WHITE)


def _mouth(pen: Pen, x: float, y: float, mood: int) -> None:
    if mood > 0:
        pen.chord((x - 15, y - 16, x + 15, y + 10), 8, 172, LIP)
    elif mood < 0:
        pen.arc((x - 14, y - 2, x + 14, y + 24), 200, 340, LIP, 7)
    else:
        pen.rounded_rectangle((x - 11, y - 1, x + 11, y + 6), 3, LIP)


def _tear(pen: Pen, x: float, y: float) -> None:
    pen.polygon([(x, y - 12), (x + 10, y + 8), (x - 10, y + 8)], TEAR)
    disc(pen, x, y + 10, 10.5, TEAR)
    disc(pen, x - 3, y + 10, 3, WHITE)


def _plaster(pen: Pen, x: float, y: float) -> None:
    for dx, dy in ((13, 9), (13, -9)):
        pen.line((x - dx, y - dy, x + dx, y + dy), (178, 116, 78), 14)
    for dx, dy in ((12, 8), (12, -8)):
        pen.line((x - dx, y - dy, x + dx, y + dy), (250, 222, 186), 10)


def cheeks(pen: Pen, build: Build, face: Face, colour: Colour) -> None:
    """Paint the cheeks that go with a face, before it."""
    x, y = build.x + face.look[0] * build.turn, build.y + face.look[1] * build.turn * 0.7
    for side in (-1, 1):
        disc(pen, x + side * (build.apart + build.cheek), y + build.eye[1] + 8, 7, colour)
