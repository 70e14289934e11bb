"""Draw what is held in the hand: food, raw or in preparation."""

from __future__ import annotations

from envs.sprites.canvas import Colour, Painter, Pen, ball, disc, leaf, stroke, tone

BEAN, NUT = (150, 84, 176), (176, 116, 60)


def _kidney(pen: Pen, colour: Colour) -> None:
    for shade, shift in ((tone(colour, -46), 0), (colour, -4)):
        pen.ellipse((18 + shift, 22 + shift, 74 + shift, 84 + shift), shade)
        pen.ellipse((50 + shift, 48 + shift, 112 + shift, 108 + shift), shade)
        pen.ellipse((28 + shift, 40 + shift, 96 + shift, 100 + shift), shade)
    pen.ellipse((28, 32, 46, 52), tone(colour, 76))


def _raw_bean(pen: Pen) -> None:
    _kidney(pen, BEAN)


def _half_made_bean(pen: Pen) -> None:
    """Draw it ground coarsely, on the way."""
    pen.ellipse((8, 66, 120, 116), (120, 84, 104))
    for x, y, radius in ((36, 84, 20), (88, 86, 21), (62, 66, 24), (64, 94, 19)):
        ball(pen, x, y, radius, (186, 126, 158))


def _plate(pen: Pen) -> None:
    pen.ellipse((4, 58, 124, 122), (176, 186, 200))
    pen.ellipse((4, 54, 124, 114), (244, 246, 250))
    pen.ellipse((20, 64, 108, 106), (222, 228, 236))


def _steam(pen: Pen) -> None:
    for x in (44, 64, 84):
        stroke(pen, [(x, 34), (x - 5, 26), (x + 5, 16), (x, 6)], (255, 255, 255), 6)


def _prepared_bean(pen: Pen) -> None:
    _plate(pen)
    pen.chord((24, 34, 104, 122), 180, 360, (172, 104, 38))
    pen.rounded_rectangle((24, 72, 104, 96), 12, (172, 104, 38))
    pen.chord((28, 38, 98, 118), 180, 360, (238, 176, 82))
    for x in (50, 66, 82):
        pen.line((x - 6, 64, x + 4, 48), (255, 222, 150), 6)
    _steam(pen)


def _spoilt_bean(pen: Pen) -> None:
    _kidney(pen, (126, 136, 84))
    for x, y, radius in ((40, 58, 11), (76, 82, 13), (56, 82, 7), (90, 66, 6)):
        disc(pen, x, y, radius, (70, 84, 48))
    for x, y in ((82, 34), (100, 22), (96, 44)):
        disc(pen, x, y, 7, (158, 178, 84))
    pen.line((20, 108, 40, 116), (70, 84, 48), 6)


def _raw_nut(pen: Pen) -> None:
    pen.ellipse((22, 34, 106, 106), tone(NUT, -40))
    pen.polygon([(34, 88), (94, 88), (64, 124)], tone(NUT, -40))
    pen.ellipse((24, 34, 98, 102), NUT)
    pen.polygon([(36, 86), (88, 86), (63, 118)], NUT)
    pen.chord((18, 14, 110, 90), 180, 360, (104, 70, 40))
    pen.ellipse((18, 44, 110, 62), (126, 88, 52))
    stroke(pen, [(64, 18), (70, 6)], (104, 70, 40), 9)
    pen.ellipse((36, 66, 50, 88), tone(NUT, 60))


def _half_made_nut(pen: Pen) -> None:
    """Draw it cracked open."""
    for shift, side in ((-4, -1), (4, 1)):
        start = 100 if side < 0 else -80
        pen.pieslice((18 + shift, 18, 110 + shift, 114), start, start + 160, tone(NUT, -40))
        pen.pieslice((26 + shift, 26, 102 + shift, 106), start, start + 160, NUT)
    pen.ellipse((40, 34, 88, 98), (150, 104, 60))
    pen.ellipse((44, 36, 84, 94), (244, 214, 160))
    pen.line([(64, 38), (58, 56), (68, 70), (62, 92)], (190, 146, 92), 6)


def _prepared_nut(pen: Pen) -> None:
    _plate(pen)
    for x, y in ((42, 78), (86, 78), (64, 58), (64, 90)):
        pen.ellipse((x - 21, y - 17, x + 21, y + 17), (190, 128, 58))
        pen.ellipse((x - 19, y - 17, x + 17, y + 12), (250, 212, 140))
        pen.line((x - 10, y - 2, x + 10, y - 4), (206, 150, 78), 5)


def _apple(pen: Pen) -> None:
    stroke(pen, [(64, 36), (70, 10)], (98, 68, 46), 9)
    leaf(pen, 70, 24, 42, -0.5, (110, 184, 82))
    for x in (46, 82):
        disc(pen, x, 70, 36, (168, 32, 36))
    pen.ellipse((36, 56, 92, 118), (168, 32, 36))
    for x in (45, 78):
        disc(pen, x, 67, 32, (224, 58, 52))
    pen.ellipse((34, 48, 54, 72), (255, 158, 140))


FOOD: dict[str, Painter] = {
    "apple": _apple,
    "half-made bean": _half_made_bean,
    "half-made nut": _half_made_nut,
    "prepared bean": _prepared_bean,
    "prepared nut": _prepared_nut,
    "raw bean": _raw_bean,
    "raw nut": _raw_nut,
    "spoilt bean": _spoilt_bean,
}
