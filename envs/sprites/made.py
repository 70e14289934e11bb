"""Draw made things: stations, boxes, levers, and strange objects."""

from __future__ import annotations

from math import cos, pi, sin

from envs.sprites.canvas import Colour, Painter, Pen, ball, block, disc, star, stroke, tone

WOOD, DARK_WOOD = (186, 134, 84), (124, 82, 50)
METAL, DARK_METAL = (166, 174, 188), (96, 104, 120)
STONE = (158, 154, 150)
GOLD = (240, 194, 78)
SALTY, SWEET = (226, 226, 250), (250, 126, 170)


def _glow(pen: Pen) -> None:
    """Draw the light around something whose cue is lit."""
    for k in range(16):
        disc(pen, 64, 64, 63 - 3 * k, (255, 230, 90, 16 + 14 * k))


def _lever(pen: Pen, colour: Colour) -> None:
    """Draw a lever on its base, whose knob and lamp have the colour of what it brings."""
    disc(pen, 30, 34, 27, (*tone(colour, 10), 90))
    block(pen, (18, 82, 112, 122), 14, DARK_METAL, 7)
    pen.rectangle((24, 40, 36, 88), (78, 84, 98))
    ball(pen, 30, 34, 18, colour)
    stroke(pen, [(70, 86), (98, 34)], METAL, 13)
    pen.rounded_rectangle((50, 76, 90, 92), 8, (66, 72, 86))
    ball(pen, 99, 28, 19, colour)


def _salt_lever(pen: Pen) -> None:
    _lever(pen, SALTY)
    for x, top in ((54, 96), (65, 90), (76, 96)):
        pen.polygon([(x, top), (x + 7, top + 9), (x + 5, 119), (x - 5, 119), (x - 7, top + 9)], (250, 250, 255))
        pen.polygon([(x, top), (x + 7, top + 9), (x + 5, 119), (x, 119)], (196, 190, 226))


def _sugar_lever(pen: Pen) -> None:
    _lever(pen, SWEET)
    for side in (-1, 1):
        pen.polygon([(65, 105), (65 + side * 26, 94), (65 + side * 26, 117)], (255, 196, 216))
    ball(pen, 65, 105, 12, SWEET)


def _door(pen: Pen) -> None:
    """Draw a closed door in its frame."""
    block(pen, (24, 8, 104, 122), 8, DARK_WOOD, 6)
    pen.rectangle((34, 18, 94, 122), WOOD)
    for top, bottom in ((26, 62), (72, 112)):
        pen.rounded_rectangle((42, top, 86, bottom), 5, tone(WOOD, -24))
        pen.rounded_rectangle((46, top + 4, 86, bottom), 5, tone(WOOD, 16))
    ball(pen, 84, 68, 7, GOLD)


def _mortar(pen: Pen) -> None:
    stroke(pen, [(66, 60), (100, 12)], (214, 196, 172), 17)
    stroke(pen, [(98, 15), (101, 11)], (238, 224, 204), 21)
    pen.chord((14, 10, 114, 112), 0, 180, tone(STONE, -40))
    pen.chord((14, 10, 106, 106), 0, 180, STONE)
    pen.rounded_rectangle((40, 100, 88, 122), 8, tone(STONE, -40))
    pen.ellipse((12, 46, 116, 76), tone(STONE, 30))
    pen.ellipse((20, 51, 108, 72), tone(STONE, -64))
    stroke(pen, [(66, 64), (74, 50)], (214, 196, 172), 16)


def _grinder(pen: Pen) -> None:
    block(pen, (26, 64, 102, 122), 12, WOOD, 8)
    pen.rounded_rectangle((44, 84, 84, 106), 6, tone(WOOD, -36))
    disc(pen, 64, 95, 6, GOLD)
    pen.chord((30, 34, 98, 98), 180, 360, DARK_METAL)
    pen.chord((34, 36, 90, 96), 180, 330, METAL)
    stroke(pen, [(64, 38), (64, 24), (106, 24)], DARK_METAL, 10)
    ball(pen, 107, 18, 14, (178, 62, 52))


def _well(pen: Pen) -> None:
    for x in (30, 98):
        pen.rectangle((x - 6, 30, x + 6, 84), DARK_WOOD)
    pen.ellipse((16, 66, 112, 124), tone(STONE, -34))
    pen.rectangle((16, 78, 112, 96), tone(STONE, -34))
    pen.ellipse((16, 56, 112, 100), tone(STONE, 22))
    pen.ellipse((28, 64, 100, 93), (44, 92, 150))
    pen.ellipse((36, 72, 88, 92), (92, 164, 222))
    for x in (28, 54, 80):
        pen.rounded_rectangle((x, 101, x + 20, 114), 5, tone(STONE, 4))
    pen.line((64, 36, 64, 66), (222, 204, 160), 6)
    block(pen, (53, 58, 76, 80), 5, WOOD, 4)
    pen.polygon([(64, 2), (122, 40), (6, 40)], (148, 62, 48))
    pen.polygon([(64, 2), (112, 34), (16, 34)], (196, 90, 66))


def _oven(pen: Pen) -> None:
    block(pen, (74, 4, 98, 44), 6, (172, 96, 72), 4)
    pen.chord((8, 20, 120, 200), 180, 360, (150, 84, 62))
    pen.chord((12, 22, 112, 196), 180, 360, (206, 134, 98))
    pen.chord((24, 30, 82, 140), 190, 300, (226, 162, 124))
    pen.rectangle((8, 108, 120, 122), (136, 76, 58))
    pen.chord((34, 58, 94, 158), 180, 360, (60, 34, 34))
    pen.chord((42, 76, 86, 142), 180, 360, (240, 120, 46))
    pen.chord((52, 90, 76, 128), 180, 360, (255, 218, 110))


def _weave(pen: Pen, left: int, top: int, right: int, bottom: int) -> None:
    for row, y in enumerate(range(top, bottom - 6, 14)):
        for x in range(left + row % 2 * 10, right - 12, 20):
            pen.rounded_rectangle((x, y, x + 14, y + 9), 4, (222, 178, 112))


def _basket(pen: Pen) -> None:
    pen.arc((24, 6, 104, 128), 180, 360, (140, 92, 48), 10)
    pen.polygon([(10, 62), (118, 62), (102, 120), (26, 120)], (168, 114, 62))
    _weave(pen, 24, 74, 106, 122)
    pen.rounded_rectangle((6, 54, 122, 72), 9, (206, 154, 92))


def _drying_rack(pen: Pen) -> None:
    for x in (20, 108):
        stroke(pen, [(x, 18), (x - 8, 120)], DARK_WOOD, 9)
        stroke(pen, [(x, 18), (x + 8, 120)], WOOD, 9)
    stroke(pen, [(12, 26), (116, 26)], WOOD, 9)
    for x, colour in ((38, (186, 116, 172)), (64, (222, 176, 92)), (90, (124, 174, 96))):
        pen.line((x, 28, x, 44), (230, 222, 200), 4)
        pen.ellipse((x - 11, 42, x + 11, 92), tone(colour, -40))
        pen.ellipse((x - 10, 42, x + 8, 86), colour)


def _sieve(pen: Pen) -> None:
    stroke(pen, [(92, 92), (118, 118)], DARK_WOOD, 15)
    disc(pen, 56, 56, 50, tone(WOOD, -40))
    disc(pen, 55, 54, 48, WOOD)
    disc(pen, 56, 56, 36, (238, 234, 222))
    for k in range(-2, 3):
        reach = (36**2 - (k * 14) ** 2) ** 0.5
        pen.line((56 + k * 14, 56 - reach, 56 + k * 14, 56 + reach), (150, 146, 140), 5)
        pen.line((56 - reach, 56 + k * 14, 56 + reach, 56 + k * 14), (150, 146, 140), 5)


def _press(pen: Pen) -> None:
    block(pen, (8, 104, 120, 124), 8, DARK_WOOD)
    for x in (18, 98):
        pen.rectangle((x, 16, x + 12, 108), tone(WOOD, -20))
    block(pen, (8, 12, 120, 34), 8, WOOD)
    stroke(pen, [(36, 6), (92, 6)], DARK_METAL, 9)
    pen.rectangle((57, 6, 71, 60), METAL)
    for y in (40, 50):
        pen.line((57, y + 5, 71, y - 3), DARK_METAL, 4)
    block(pen, (36, 58, 92, 72), 5, DARK_METAL)
    pen.rounded_rectangle((40, 74, 88, 104), 6, (150, 84, 176))
    pen.ellipse((82, 92, 104, 106), (188, 132, 208))


def _box(pen: Pen) -> None:
    block(pen, (10, 50, 118, 120), 14, (92, 106, 190), 9)
    pen.rounded_rectangle((6, 26, 122, 66), 17, (58, 68, 138))
    pen.rounded_rectangle((8, 24, 120, 60), 17, (122, 136, 216))
    for x in (24, 92):
        pen.rectangle((x, 25, x + 11, 119), GOLD)
    pen.rounded_rectangle((50, 50, 78, 84), 8, (180, 132, 40))
    pen.rounded_rectangle((52, 50, 76, 80), 8, GOLD)
    disc(pen, 64, 64, 6, (88, 60, 24))


def _bare_box(pen: Pen) -> None:
    pen.polygon([(20, 8), (108, 8), (116, 46), (12, 46)], (86, 96, 160))
    pen.polygon([(26, 14), (102, 14), (108, 46), (20, 46)], (52, 58, 108))
    block(pen, (10, 56, 118, 120), 14, (112, 124, 180), 9)
    pen.ellipse((8, 42, 120, 76), (132, 144, 200))
    pen.ellipse((16, 47, 112, 72), (36, 38, 68))
    for x in (24, 92):
        pen.rectangle((x, 74, x + 11, 119), (196, 172, 112))


def _crate(pen: Pen) -> None:
    block(pen, (10, 14, 118, 122), 8, WOOD, 7)
    pen.rectangle((24, 28, 104, 102), tone(WOOD, -40))
    for x in (24, 52, 80):
        pen.rectangle((x + 2, 28, x + 23, 102), tone(WOOD, -16))
    pen.polygon([(24, 92), (94, 28), (104, 28), (104, 38), (34, 102), (24, 102)], tone(WOOD, 24))
    for x in (17, 111):
        for y in (21, 109):
            disc(pen, x, y, 4, DARK_WOOD)


def _barrel(pen: Pen) -> None:
    pen.rounded_rectangle((20, 14, 108, 122), 30, (112, 66, 38))
    pen.rounded_rectangle((14, 34, 114, 100), 26, (112, 66, 38))
    pen.rounded_rectangle((22, 14, 100, 118), 28, (168, 106, 62))
    pen.rounded_rectangle((16, 34, 106, 98), 24, (168, 106, 62))
    for x in (44, 64, 84):
        pen.line((x, 30, x, 116), (130, 78, 44), 4)
    for y in (42, 90):
        pen.rounded_rectangle((13, y, 115, y + 12), 4, DARK_METAL)
    pen.ellipse((24, 8, 104, 40), (128, 78, 44))
    pen.ellipse((30, 12, 98, 36), (204, 148, 96))


def _parcel(pen: Pen) -> None:
    block(pen, (12, 34, 116, 118), 8, (222, 190, 140), 8)
    pen.rectangle((57, 34, 71, 118), (206, 68, 66))
    pen.rectangle((12, 66, 116, 80), (206, 68, 66))
    for side in (-1, 1):
        pen.ellipse((64 - 16 + side * 17, 12, 64 + 16 + side * 17, 38), (168, 44, 50))
        pen.ellipse((64 - 9 + side * 17, 17, 64 + 9 + side * 17, 33), (226, 98, 92))
    disc(pen, 64, 32, 10, (206, 68, 66))
    pen.rounded_rectangle((80, 88, 110, 108), 4, (252, 248, 238))


def _odd_object(pen: Pen) -> None:
    """Draw something like nothing else: it floats, glows and has too many corners."""
    for radius, alpha in ((62, 36), (52, 52), (42, 74)):
        disc(pen, 64, 60, radius, (150, 240, 246, alpha))
    star(pen, 64, 60, 58, (176, 92, 232), 7)
    disc(pen, 64, 60, 33, (94, 44, 160))
    disc(pen, 62, 57, 28, (70, 214, 214))
    disc(pen, 60, 53, 20, (172, 250, 236))
    pen.ellipse((56, 40, 72, 78), (60, 20, 104))
    for k in range(3):
        angle = 2 * pi * k / 3 + 0.5
        disc(pen, 64 + 55 * cos(angle), 60 + 52 * sin(angle), 7, (255, 244, 150))


def _odd_object_safe(pen: Pen) -> None:
    _odd_object(pen)
    disc(pen, 92, 92, 32, (255, 255, 255))
    disc(pen, 92, 92, 27, (52, 168, 88))
    pen.line([(77, 92), (88, 104), (108, 80)], (255, 255, 255), 11, "curve")


def _odd_object_danger(pen: Pen) -> None:
    _odd_object(pen)
    pen.polygon([(92, 50), (127, 120), (57, 120)], (255, 255, 255))
    pen.polygon([(92, 62), (119, 115), (65, 115)], (220, 52, 44))
    stroke(pen, [(92, 78), (92, 94)], (255, 255, 255), 9)
    disc(pen, 92, 107, 5, (255, 255, 255))


def _bell(pen: Pen) -> None:
    """Draw a call button: a desk bell."""
    block(pen, (8, 98, 120, 122), 12, (92, 72, 64))
    pen.chord((16, 30, 112, 166), 180, 360, (186, 136, 36))
    pen.chord((18, 32, 104, 160), 180, 360, GOLD)
    pen.arc((28, 42, 92, 150), 190, 250, (255, 240, 190), 9)
    pen.rectangle((58, 22, 70, 36), (186, 136, 36))
    ball(pen, 64, 18, 13, (222, 66, 58))


def _microphone(pen: Pen) -> None:
    pen.ellipse((30, 102, 98, 124), (58, 62, 74))
    pen.rectangle((59, 74, 69, 112), DARK_METAL)
    pen.arc((28, 20, 100, 96), 10, 170, DARK_METAL, 8)
    pen.rounded_rectangle((40, 4, 88, 80), 24, (64, 68, 82))
    pen.rounded_rectangle((40, 4, 88, 54), 24, METAL)
    for y in (20, 32, 44):
        pen.line((44, y, 84, y), (110, 118, 134), 5)
    pen.rectangle((40, 52, 88, 60), (222, 66, 58))
    pen.ellipse((48, 9, 62, 20), (228, 234, 242))


MADE: dict[str, Painter] = {
    "bare box": _bare_box,
    "barrel": _barrel,
    "basket": _basket,
    "bell": _bell,
    "box": _box,
    "crate": _crate,
    "door": _door,
    "drying rack": _drying_rack,
    "glow": _glow,
    "grinder": _grinder,
    "microphone": _microphone,
    "mortar": _mortar,
    "odd object": _odd_object,
    "odd object danger": _odd_object_danger,
    "odd object safe": _odd_object_safe,
    "oven": _oven,
    "parcel": _parcel,
    "press": _press,
    "salt lever": _salt_lever,
    "sieve": _sieve,
    "sugar lever": _sugar_lever,
    "well": _well,
}
