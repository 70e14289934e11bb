"""What grows, flows, burns or lies about; those named ``bare ...`` are left until a thing has grown back."""

from __future__ import annotations

from math import cos, pi, sin

from envs.sprites.canvas import Colour, Painter, Pen, ball, disc, leaf, star, stroke

LEAF, DARK_LEAF = (92, 158, 82), (58, 118, 62)
WITHERED, DARK_WITHERED = (130, 148, 104), (104, 124, 84)
BARK, DARK_BARK = (138, 98, 66), (98, 68, 46)
BEAN = (150, 84, 176)
NUT = (176, 116, 60)


def _foliage(pen: Pen, dark: Colour, light: Colour) -> None:
    for x, y, radius in ((40, 78, 29), (88, 78, 29), (64, 58, 35), (64, 86, 30)):
        disc(pen, x, y, radius, dark)
    for x, y, radius in ((36, 70, 18), (84, 68, 18), (60, 46, 22)):
        disc(pen, x, y, radius, light)


def _bush(pen: Pen) -> None:
    _foliage(pen, DARK_LEAF, LEAF)
    for x, y in ((42, 62), (76, 50), (92, 80), (62, 80), (34, 88), (72, 104)):
        disc(pen, x, y, 10.5, (168, 26, 52))
        disc(pen, x - 1, y - 1, 9, (222, 48, 74))
        disc(pen, x - 4, y - 4, 3, (255, 190, 196))


def _bare_bush(pen: Pen) -> None:
    _foliage(pen, DARK_WITHERED, WITHERED)


def _pool(pen: Pen) -> None:
    pen.ellipse((6, 18, 122, 116), (172, 160, 120))
    pen.ellipse((11, 22, 117, 110), (44, 116, 188))
    pen.ellipse((18, 28, 110, 100), (72, 156, 224))
    pen.ellipse((30, 36, 86, 74), (112, 188, 242))
    pen.arc((34, 52, 96, 92), 20, 150, (190, 226, 252), 5)
    pen.ellipse((40, 42, 62, 54), (240, 250, 255))
    pen.ellipse((68, 46, 76, 51), (240, 250, 255))


def _salt(pen: Pen) -> None:
    for x, top, width, bottom in ((38, 48, 20, 104), (92, 56, 18, 106), (64, 22, 25, 112)):
        shoulder = top + width
        outline = [
            (x, top),
            (x + width, shoulder),
            (x + width * 0.8, bottom),
            (x - width * 0.8, bottom),
            (x - width, shoulder),
        ]
        pen.line([*outline, outline[0]], (146, 134, 184), 12, "curve")
        pen.polygon(outline, (246, 244, 252))
        pen.polygon([(x, top), (x + width, shoulder), (x + width * 0.8, bottom), (x, bottom)], (206, 200, 226))
        pen.polygon([(x, top), (x + width, shoulder), (x, shoulder + 8), (x - width, shoulder)], (255, 255, 255))


def _thorns(pen: Pen) -> None:
    for k in range(11):
        angle = 2 * pi * k / 11 + 0.3
        x, y = 64 + 52 * cos(angle), 70 + 48 * sin(angle)
        across = (9 * sin(angle), -9 * cos(angle))
        pen.polygon([(64 + across[0], 70 + across[1]), (x, y), (64 - across[0], 70 - across[1])], (72, 82, 44))
        disc(pen, x, y, 4.5, (188, 66, 60))
    disc(pen, 64, 70, 27, (96, 106, 58))
    disc(pen, 57, 62, 14, (124, 134, 78))
    for x, y in ((56, 80), (74, 64), (64, 68), (76, 82)):
        pen.line((x, y, x + 3, y - 13), (62, 68, 38), 4)


def _tree(pen: Pen) -> None:
    pen.polygon([(54, 70), (74, 70), (82, 122), (46, 122)], DARK_BARK)
    pen.polygon([(54, 70), (66, 70), (66, 122), (46, 122)], BARK)
    for x, y, radius in ((34, 62, 27), (94, 62, 27), (64, 38, 34), (64, 68, 28)):
        disc(pen, x, y, radius, (42, 102, 72))
    for x, y, radius in ((32, 54, 18), (88, 54, 18), (58, 30, 23)):
        disc(pen, x, y, radius, (72, 142, 92))
    disc(pen, 50, 22, 9, (112, 176, 116))


def _grass(pen: Pen, dark: Colour, light: Colour) -> None:
    pen.ellipse((10, 72, 118, 120), dark)
    for k in range(9):
        x = 16 + 12 * k
        leaf(pen, x, 106, 40 if k % 2 else 54, -pi / 2 + (k - 4) * 0.13, light if k % 2 else dark)


def _apple_patch(pen: Pen) -> None:
    _grass(pen, (62, 130, 60), (104, 172, 82))
    for x, y, radius in ((38, 76, 21), (88, 72, 22), (63, 94, 23)):
        ball(pen, x, y, radius, (218, 52, 48))
        stroke(pen, [(x + 1, y - radius + 4), (x + 5, y - radius - 8)], DARK_BARK, 6)
        leaf(pen, x + 5, y - radius - 2, 20, -0.5, (140, 206, 92))


def _bare_apple_patch(pen: Pen) -> None:
    _grass(pen, (112, 138, 78), (146, 166, 104))


def _vine(pen: Pen, leaves: Colour) -> None:
    stroke(pen, [(64, 122), (64, 12)], (166, 122, 78), 9)
    stroke(pen, [(64, 116), (80, 94), (50, 72), (78, 48), (58, 26)], (76, 140, 74), 6)
    for x, y, angle in ((70, 100, 0.3), (56, 84, 2.9), (70, 62, -0.2), (60, 44, 3.3), (62, 26, -0.6), (60, 22, 3.9)):
        leaf(pen, x, y, 42, angle, leaves)
    for x, y, angle in ((64, 112, 0.2), (62, 110, 2.9)):
        leaf(pen, x, y, 34, angle, leaves)


def _bean_plant(pen: Pen) -> None:
    _vine(pen, LEAF)
    for x, y in ((36, 54), (94, 70), (30, 96), (90, 32)):
        pen.ellipse((x - 9, y - 4, x + 9, y + 32), (96, 46, 120))
        pen.ellipse((x - 7, y - 2, x + 6, y + 27), BEAN)
        disc(pen, x - 2, y + 6, 3.5, (214, 168, 230))


def _bare_bean_plant(pen: Pen) -> None:
    _vine(pen, WITHERED)


def _nut_bush(pen: Pen) -> None:
    _foliage(pen, (112, 116, 50), (156, 156, 76))
    for x, y in ((40, 64), (78, 52), (92, 86), (60, 88), (56, 36), (32, 92)):
        ball(pen, x, y, 12.5, NUT)
        pen.chord((x - 12, y - 13, x + 12, y + 9), 195, 345, (104, 66, 36))


def _bare_nut_bush(pen: Pen) -> None:
    _foliage(pen, (124, 122, 84), (150, 146, 106))


def _rock(pen: Pen) -> None:
    pen.polygon([(10, 112), (20, 60), (50, 26), (86, 32), (112, 66), (120, 112)], (104, 104, 116))
    pen.polygon([(20, 60), (50, 26), (86, 32), (70, 60), (40, 72)], (160, 160, 172))
    pen.polygon([(70, 60), (86, 32), (112, 66), (120, 112), (84, 112)], (128, 128, 140))


def _iron_rock(pen: Pen) -> None:
    _rock(pen)
    for x, y, radius in ((46, 52, 10), (78, 50, 8), (96, 84, 11), (56, 92, 12), (28, 90, 8)):
        disc(pen, x, y, radius, (132, 58, 28))
        disc(pen, x - 1, y - 2, radius * 0.78, (218, 108, 50))
    star(pen, 46, 48, 13, (255, 226, 180))


def _milk_jug(pen: Pen) -> None:
    pen.arc((78, 42, 118, 96), 0, 360, (196, 206, 220), 11)
    pen.polygon([(38, 40), (28, 28), (52, 34)], (226, 232, 240))
    pen.rounded_rectangle((26, 44, 98, 120), 26, (196, 206, 220))
    pen.rounded_rectangle((26, 44, 88, 116), 26, (246, 248, 252))
    pen.rectangle((36, 28, 84, 56), (246, 248, 252))
    pen.ellipse((34, 18, 86, 38), (206, 216, 228))
    pen.ellipse((40, 22, 80, 36), (255, 255, 255))
    pen.rectangle((26, 76, 97, 92), (84, 140, 214))


def _bare_milk_jug(pen: Pen) -> None:
    pen.rounded_rectangle((16, 64, 98, 116), 24, (178, 186, 198))
    pen.rounded_rectangle((16, 64, 92, 110), 24, (222, 226, 232))
    pen.ellipse((80, 60, 112, 118), (172, 180, 194))
    pen.ellipse((86, 68, 108, 110), (84, 90, 106))
    pen.rectangle((46, 64, 60, 112), (150, 176, 208))


def _herbs(pen: Pen) -> None:
    for k in range(7):
        angle = -pi / 2 + (k - 3) * 0.32
        tip = (64 + 56 * cos(angle), 86 + 66 * sin(angle))
        stroke(pen, [(64, 92), tip], (70, 136, 96), 5)
        for share in (0.45, 0.7):
            x, y = 64 + share * (tip[0] - 64), 88 + share * (tip[1] - 88)
            leaf(pen, x, y, 24, angle + 0.8, (106, 178, 124))
            leaf(pen, x, y, 24, angle - 0.8, (84, 156, 108))
        disc(pen, *tip, 10, (238, 214, 84) if k % 2 else (252, 250, 246))
    stroke(pen, [(64, 92), (50, 120)], (70, 136, 96), 9)
    stroke(pen, [(64, 92), (78, 120)], (70, 136, 96), 9)
    pen.rounded_rectangle((48, 86, 80, 102), 7, (206, 120, 84))


def _bare_herbs(pen: Pen) -> None:
    for x, angle in ((40, -2.0), (54, -1.7), (68, -1.4), (84, -1.1)):
        stroke(pen, [(64, 116), (x, 80)], (118, 140, 104), 9)
        leaf(pen, x, 86, 42, angle, (146, 166, 122))


def _logs(pen: Pen) -> None:
    for side in (-1, 1):
        stroke(pen, [(64 - side * 44, 116), (64 + side * 40, 94)], DARK_BARK, 17)
        stroke(pen, [(64 - side * 44, 113), (64 + side * 40, 91)], BARK, 9)
        disc(pen, 64 - side * 44, 115, 7, (206, 164, 116))


def _fire(pen: Pen) -> None:
    for radius, alpha in ((62, 30), (50, 44), (38, 60)):
        disc(pen, 64, 66, radius, (255, 190, 90, alpha))
    _logs(pen)
    for x, width, top, colour in (
        (64, 34, 2, (226, 82, 38)),
        (44, 20, 30, (226, 82, 38)),
        (86, 20, 26, (226, 82, 38)),
        (64, 25, 28, (248, 150, 44)),
        (64, 14, 56, (255, 232, 130)),
    ):
        disc(pen, x, 102 - width, width, colour)
        pen.polygon([(x - width, 102 - width), (x + width * 0.2, top), (x + width, 102 - width)], colour)


def _bare_fire(pen: Pen) -> None:
    _logs(pen)
    pen.ellipse((40, 96, 88, 116), (88, 84, 92))
    disc(pen, 58, 104, 4, (226, 110, 60))


def _snowdrift(pen: Pen) -> None:
    pen.chord((-4, 50, 92, 168), 180, 360, (140, 168, 206))
    pen.chord((0, 50, 88, 168), 180, 360, (214, 228, 244))
    pen.chord((38, 30, 126, 194), 180, 360, (154, 182, 218))
    pen.chord((38, 30, 116, 194), 180, 360, (232, 240, 250))
    pen.chord((46, 36, 94, 140), 190, 330, (255, 255, 255))
    pen.rectangle((2, 110, 126, 118), (168, 192, 222))
    for x, y in ((26, 74), (76, 58), (98, 92)):
        star(pen, x, y, 9, (255, 255, 255))


NATURE: dict[str, Painter] = {
    "apple patch": _apple_patch,
    "bare apple patch": _bare_apple_patch,
    "bare bean plant": _bare_bean_plant,
    "bare bush": _bare_bush,
    "bare fire": _bare_fire,
    "bare herbs": _bare_herbs,
    "bare iron rock": _rock,
    "bare milk jug": _bare_milk_jug,
    "bare nut bush": _bare_nut_bush,
    "bean plant": _bean_plant,
    "bush": _bush,
    "fire": _fire,
    "herbs": _herbs,
    "iron rock": _iron_rock,
    "milk jug": _milk_jug,
    "nut bush": _nut_bush,
    "pool": _pool,
    "salt": _salt,
    "snowdrift": _snowdrift,
    "thorns": _thorns,
    "tree": _tree,
}
