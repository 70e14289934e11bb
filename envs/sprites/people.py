"""Draw people: a head above a robe, distinguished by colour, hair and what they carry."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from envs.sprites.beings import BeingPainter
from envs.sprites.canvas import Colour, Painter, Pen, ball, disc, heart, stroke, tone
from envs.sprites.faces import Build, Face, cheeks, paint_face

BUILD = Build(64, 51, 17, (10, 13), 22, 9, 5)
BEHIND_GLASS = BUILD._replace(turn=1)
FAIR, TAN, BROWN, GREY = (255, 222, 190), (236, 188, 146), (198, 142, 104), (206, 208, 214)
RED, BLUE = (218, 58, 60), (56, 108, 214)


def _nothing(_pen: Pen) -> None:
    """Draw nothing."""


@dataclass(frozen=True)
class Figure:
    """How a person looks."""

    robe: Colour
    skin: Colour = FAIR
    behind: Painter = _nothing
    """Drawn before the robe."""
    hair: Painter = _nothing
    """Drawn onto the head, below the face."""
    front: Painter = _nothing
    """Drawn last."""
    build: Build = BUILD


def paint_person(figure: Figure, pen: Pen, face: Face) -> None:
    """Paint a person with the face that it makes."""
    figure.behind(pen)
    pen.rounded_rectangle((22, 70, 106, 124), 28, tone(figure.robe, -44))
    pen.rounded_rectangle((22, 70, 102, 120), 28, figure.robe)
    disc(pen, 64, 52, 40, tone(figure.skin, -48))
    disc(pen, 63, 51, 38, figure.skin)
    cheeks(pen, figure.build, face, tone(figure.skin, -26))
    figure.hair(pen)
    paint_face(pen, face, figure.build)
    figure.front(pen)


def _crop(pen: Pen, colour: Colour) -> None:
    """Draw short hair."""
    pen.chord((23, 8, 105, 90), 194, 346, tone(colour, -20))
    pen.chord((24, 8, 101, 82), 196, 344, colour)


def _long_hair(pen: Pen, colour: Colour) -> None:
    pen.rounded_rectangle((14, 8, 114, 98), 44, tone(colour, -20))


def _elder_behind(pen: Pen) -> None:
    stroke(pen, [(114, 122), (112, 24)], (134, 92, 56), 9)
    pen.arc((92, 4, 120, 34), 150, 400, (134, 92, 56), 9)


def _elder_hair(pen: Pen) -> None:
    pen.chord((22, 40, 106, 126), 0, 180, (206, 210, 220))
    pen.polygon([(26, 78), (102, 78), (64, 126)], (206, 210, 220))
    pen.chord((26, 40, 100, 120), 0, 180, (244, 246, 250))
    pen.polygon([(30, 80), (98, 80), (63, 120)], (244, 246, 250))
    for x in (26, 102):
        pen.ellipse((x - 9, 30, x + 9, 66), (244, 246, 250))


def _bun(pen: Pen) -> None:
    disc(pen, 64, 12, 14, (104, 70, 46))
    _crop(pen, (124, 84, 56))


def _cap(pen: Pen, colour: Colour) -> None:
    pen.chord((22, 4, 106, 84), 180, 360, tone(colour, -30))
    pen.chord((24, 4, 102, 78), 182, 358, colour)
    pen.rounded_rectangle((18, 34, 110, 46), 6, tone(colour, -44))


def _friend_front(pen: Pen) -> None:
    heart(pen, 64, 108, 20, (255, 255, 255))
    heart(pen, 64, 107, 15, (226, 40, 78))


def _friend() -> Figure:
    auburn = (168, 78, 46)
    behind, hair = partial(_long_hair, colour=auburn), partial(_crop, colour=auburn)
    return Figure((250, 142, 92), FAIR, behind, hair, _friend_front)


def _hood(pen: Pen, colour: Colour) -> None:
    pen.pieslice((20, 4, 108, 96), 160, 380, tone(colour, -14))
    pen.ellipse((32, 22, 96, 96), GREY)


def _horns(pen: Pen) -> None:
    for side in (-1, 1):
        pen.polygon([(64 + side * 14, 22), (64 + side * 42, 0), (64 + side * 36, 38)], (72, 22, 30))
    for side in (-1, 1):
        pen.line((64 + side * 6, 36, 64 + side * 34, 24), (40, 10, 18), 9)


def _party_hat(pen: Pen) -> None:
    _crop(pen, (206, 122, 52))
    pen.polygon([(64, -2), (88, 30), (40, 30)], (72, 150, 226))
    pen.polygon([(57, 8), (71, 8), (76, 14), (52, 14)], (255, 226, 92))
    ball(pen, 64, 4, 8, (244, 92, 120))


def _toy(pen: Pen) -> None:
    ball(pen, 100, 104, 22, (244, 92, 120))
    pen.arc((82, 86, 118, 122), 200, 20, (255, 255, 255), 7)


def _headphones(pen: Pen) -> None:
    pen.arc((16, 4, 112, 104), 186, 354, (52, 54, 66), 11)
    for x in (20, 108):
        pen.rounded_rectangle((x - 11, 40, x + 11, 76), 10, (52, 54, 66))
        pen.rounded_rectangle((x - 5, 46, x + 5, 70), 5, (120, 126, 146))


def _spectacles(pen: Pen) -> None:
    for x in (46, 82):
        pen.ellipse((x - 19, 32, x + 19, 70), None, (36, 40, 66), 7)
    pen.line((60, 49, 68, 49), (36, 40, 66), 7)


def _badge(pen: Pen, colour: Colour) -> None:
    disc(pen, 64, 106, 20, (255, 255, 255))
    disc(pen, 64, 106, 15, colour)
    disc(pen, 59, 101, 5, tone(colour, 90))


def _observer_front(pen: Pen, badge: Colour) -> None:
    _spectacles(pen)
    _badge(pen, badge)


def _listener_front(pen: Pen, badge: Colour) -> None:
    _headphones(pen)
    _badge(pen, badge)


def _listener(robe: Colour, front: Painter) -> Figure:
    return Figure(robe, TAN, hair=partial(_crop, colour=(74, 54, 50)), front=front)


def _observer(robe: Colour, badge: Colour) -> Figure:
    hair = partial(_crop, colour=(52, 46, 60))
    return Figure(robe, FAIR, hair=hair, front=partial(_observer_front, badge=badge), build=BEHIND_GLASS)


FIGURES: dict[str, Figure] = {
    "blue listener": _listener((148, 178, 232), partial(_listener_front, badge=BLUE)),
    "blue observer": _observer((108, 142, 216), BLUE),
    "bystander": Figure((142, 168, 124), FAIR, hair=_bun),
    "elder": Figure((126, 96, 172), FAIR, _elder_behind, _elder_hair),
    "enemy": Figure((122, 24, 34), (220, 104, 92), hair=_horns),
    "friend": _friend(),
    "listener": _listener((128, 150, 168), _headphones),
    "observer": _observer((84, 90, 128), GREY),
    "partner": Figure((58, 168, 160), BROWN, hair=partial(_cap, colour=(42, 138, 134))),
    "playmate": Figure((250, 214, 84), FAIR, hair=_party_hat, front=_toy),
    "red listener": _listener((236, 160, 154), partial(_listener_front, badge=RED)),
    "red observer": _observer((212, 112, 110), RED),
    "stranger": Figure((134, 138, 148), GREY, hair=partial(_hood, colour=(120, 124, 134))),
}

PEOPLE: dict[str, BeingPainter] = {name: partial(paint_person, figure) for name, figure in FIGURES.items()}
