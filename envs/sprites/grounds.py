"""Grounds and walls: the themes of worlds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import pi

import numpy as np
from PIL import Image, ImageDraw

from dualbrain.errors import unknown
from envs.sprites.canvas import CELL, FINE, Colour, Pen, disc, leaf, star, tone

LOOKS = 4
"""Number of looks of a wall's block."""

Floor = Callable[[Pen, int, np.random.Generator], None]
"""Paints a pattern on a square of so many pixels."""
Wall = Callable[[Pen, Colour, int], None]
"""Paints a block in a colour and one of `LOOKS`."""


@lru_cache(maxsize=64)
def ground(theme: str, side: int) -> Image.Image:
    """Return a square of ground, ``side`` cells wide, softly mottled."""
    look, pixels = theme_of(theme), side * CELL
    random = np.random.default_rng(7)
    coarse = Image.fromarray((random.random((side * 2, side * 2)) * 255).astype(np.uint8))
    mottle = np.asarray(coarse.resize((pixels, pixels), Image.Resampling.BICUBIC), np.float64)[..., None] / 255
    grain = random.normal(0.0, 3.0, (pixels, pixels, 1))
    rows, columns = np.indices((pixels, pixels)) // CELL
    checker = ((rows + columns) % 2 * look.checker)[..., None]
    colours = np.array(look.base) * (1 - mottle) + np.array(look.speckle) * mottle + grain - checker
    image = Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8), "RGB")
    look.floor(ImageDraw.Draw(image, "RGBA"), pixels, random)
    return image


@lru_cache(maxsize=64)
def wall(theme: str, look: int) -> Image.Image:
    """Return a block of wall, ``(CELL, CELL)``, in one of `LOOKS`."""
    colour = theme_of(theme).stone
    canvas = Image.new("RGBA", (FINE, FINE), (*tone(colour, -34), 255))
    theme_of(theme).wall(ImageDraw.Draw(canvas), colour, look % LOOKS)
    return canvas.resize((CELL, CELL), Image.Resampling.LANCZOS).convert("RGB")


def _bare(_pen: Pen, _pixels: int, _random: np.random.Generator) -> None:
    """Leave the ground as it is."""


def _scattered(pixels: int, random: np.random.Generator, per_cell: float) -> list[tuple[float, float]]:
    count = round(per_cell * (pixels / CELL) ** 2)
    return [(float(x), float(y)) for x, y in random.random((count, 2)) * pixels]


def _tiles(pen: Pen, pixels: int, _random: np.random.Generator) -> None:
    for line in range(0, pixels, CELL):
        pen.line((line, 0, line, pixels), (150, 168, 178, 130))
        pen.line((0, line, pixels, line), (150, 168, 178, 130))
        pen.line((line + 1, 0, line + 1, pixels), (255, 255, 255, 110))
        pen.line((0, line + 1, pixels, line + 1), (255, 255, 255, 110))


def _pebbles(pen: Pen, pixels: int, random: np.random.Generator) -> None:
    for x, y in _scattered(pixels, random, 1.1):
        radius = 1.5 + 2.5 * random.random()
        pen.ellipse((x - radius, y - radius * 0.7, x + radius, y + radius * 0.8), (150, 122, 84, 90))
        pen.ellipse((x - radius, y - radius * 0.8, x + radius * 0.8, y + radius * 0.5), (236, 218, 180, 110))


def _sparkles(pen: Pen, pixels: int, random: np.random.Generator) -> None:
    for x, y in _scattered(pixels, random, 0.35):
        pen.arc((x - 10, y - 4, x + 10, y + 6), 200, 340, (178, 198, 224, 150), 2)
    for x, y in _scattered(pixels, random, 0.4):
        pen.line((x - 2, y, x + 2, y), (255, 255, 255, 230))
        pen.line((x, y - 2, x, y + 2), (255, 255, 255, 230))


def _planks(pen: Pen, pixels: int, random: np.random.Generator) -> None:
    board = CELL // 2
    for k, top in enumerate(range(0, pixels, board)):
        pen.rectangle((0, top, pixels, top + board - 1), (96, 56, 26, int(26 * random.random())))
        pen.line((0, top, pixels, top), (104, 66, 36, 120))
        for x in range(k % 3 * CELL, pixels, 3 * CELL):
            pen.line((x, top, x, top + board), (104, 66, 36, 120))


def _slabs(pen: Pen, pixels: int, random: np.random.Generator) -> None:
    for line in range(0, pixels, 2 * CELL):
        pen.line((line, 0, line, pixels), (110, 112, 116, 110), 2)
        pen.line((0, line, pixels, line), (110, 112, 116, 110), 2)
    for x, y in _scattered(pixels, random, 0.12):
        pen.line((x, y, x + 9, y + 6, x + 12, y + 14), (112, 114, 118, 80))


def _meadow_flowers(pen: Pen, pixels: int, random: np.random.Generator) -> None:
    for x, y in _scattered(pixels, random, 0.9):
        pen.line([(x - 3, y - 4), (x, y), (x + 1, y - 5)], (98, 140, 70, 130))
    for x, y in _scattered(pixels, random, 0.3):
        disc(pen, x, y, 1.6, (255, 250, 240, 190))


def _stone(pen: Pen, colour: Colour, look: int) -> None:
    face = tone(colour, look * 5 - 7)
    pen.rounded_rectangle((5, 3, 123, 117), 26, face)
    pen.rounded_rectangle((13, 9, 115, 62), 22, tone(face, 16))
    pen.rounded_rectangle((10, 30, 118, 112), 24, face)
    cracks = ((30, 80, 58, 96), (70, 50, 96, 40), (40, 60, 50, 84), (84, 78, 100, 98))
    pen.line(cracks[look], tone(colour, -22), 5)


def _panel(pen: Pen, colour: Colour, look: int) -> None:
    pen.rounded_rectangle((2, 0, 126, 120), 10, colour)
    pen.rounded_rectangle((2, 0, 126, 40), 10, tone(colour, 22))
    pen.rectangle((2, 28, 126, 100), tone(colour, 6))
    pen.line((2, 100, 126, 100), tone(colour, -24), 5)
    for x in (16, 112):
        disc(pen, x, 16, 5, tone(colour, -20))
    if look == 0:
        pen.rounded_rectangle((36, 50, 92, 80), 6, (70, 92, 104))
        pen.line([(42, 68), (54, 68), (62, 56), (70, 74), (76, 66), (86, 66)], (126, 226, 196), 5)


def _bricks(pen: Pen, colour: Colour, look: int) -> None:
    for course in range(4):
        top, shift = course * 31 + 2, (course % 2) * 32 - 32
        for k in range(3):
            left = k * 64 + shift
            face = tone(colour, (course * 5 + k * 7 + look * 3) % 4 * 7 - 10)
            pen.rounded_rectangle((left + 3, top, left + 61, top + 26), 7, face)
            pen.line((left + 9, top + 5, left + 54, top + 5), tone(face, 20), 4)


def _ice(pen: Pen, colour: Colour, look: int) -> None:
    pen.rounded_rectangle((4, 4, 124, 120), 22, colour)
    pen.polygon([(14, 18), (70, 12), (30, 64)], tone(colour, 34))
    pen.line([(90, 30), (72, 64), (96, 100)] if look % 2 else [(30, 96), (62, 78), (80, 104)], tone(colour, -20), 5)
    pen.rounded_rectangle((2, 0, 126, 34), 17, (246, 250, 255))
    for x, width, low in ((18, 20, 48), (56, 26, 56), (96, 22, 46)):
        pen.rounded_rectangle((x - width / 2, 20, x + width / 2, low + look), 10, (246, 250, 255))


def _curtain(pen: Pen, colour: Colour, look: int) -> None:
    for k in range(4):
        left = k * 32
        pen.rectangle((left, 0, left + 31, 104), tone(colour, -16))
        pen.rounded_rectangle((left + 3, -20, left + 23, 104), 10, colour)
        pen.line((left + 10, 2, left + 10, 96), tone(colour, 26), 5)
    pen.rectangle((0, 104, 128, 128), (104, 66, 40))
    pen.line((0, 105, 128, 105), (222, 178, 92), 7)
    if look == 0:
        star(pen, 64, 52, 20, (226, 184, 98), 5)


def _shelf(pen: Pen, colour: Colour, look: int) -> None:
    pen.rectangle((0, 0, 128, 128), tone(colour, -40))
    goods = ((196, 152, 98), (170, 126, 82), (126, 150, 172), (182, 170, 150))
    for k, (left, top, width) in enumerate(((12, 20, 42), (62, 12, 50), (14, 76, 52), (74, 84, 38))):
        low = 54 if k < 2 else 116
        pen.rounded_rectangle((left, top, left + width, low), 5, goods[(k + look) % 4])
        pen.rectangle((left + width / 2 - 4, top, left + width / 2 + 4, low), tone(goods[(k + look) % 4], -22))
    for top in (54, 116):
        pen.rectangle((0, top, 128, top + 11), (214, 122, 52))
        pen.line((0, top + 2, 128, top + 2), (240, 158, 88), 4)
    for x in (0, 118):
        pen.rectangle((x, 0, x + 10, 128), (74, 96, 132))


def _hedge(pen: Pen, colour: Colour, look: int) -> None:
    pen.rounded_rectangle((0, 0, 128, 126), 24, tone(colour, -14))
    for k, (x, y, radius) in enumerate(((36, 88, 34), (92, 92, 32), (30, 38, 34), (90, 34, 36), (62, 66, 32))):
        shift = (k + look) % 3 * 6 - 4
        disc(pen, x, y, radius, tone(colour, shift))
        disc(pen, x - 6, y - 8, radius * 0.62, tone(colour, shift + 14))
        leaf(pen, x - 10, y, 22, -pi / 3, tone(colour, shift + 32))
    if look == 1:
        disc(pen, 92, 84, 7, (250, 214, 226))


@dataclass(frozen=True)
class Theme:
    """How a world's ground and walls look."""

    base: Colour
    speckle: Colour
    stone: Colour
    floor: Floor = _bare
    wall: Wall = _stone
    checker: float = 5.0
    """How much darker every other cell is."""


THEMES = {
    "cave": Theme((122, 112, 122), (106, 97, 109), (70, 64, 78)),
    "hall": Theme((206, 164, 116), (192, 148, 102), (150, 44, 56), _planks, _curtain, 2.0),
    "lab": Theme((226, 234, 238), (216, 227, 232), (172, 190, 202), _tiles, _panel, 4.0),
    "meadow": Theme((196, 217, 150), (176, 201, 128), (146, 158, 142)),
    "orchard": Theme((176, 206, 124), (156, 192, 108), (74, 128, 72), _meadow_flowers, _hedge, 4.0),
    "snow": Theme((234, 241, 249), (218, 229, 242), (164, 200, 230), _sparkles, _ice, 4.0),
    "village": Theme((216, 196, 156), (202, 180, 138), (178, 104, 78), _pebbles, _bricks, 4.0),
    "warehouse": Theme((190, 192, 194), (178, 180, 184), (120, 112, 104), _slabs, _shelf, 4.0),
}
"""The themes by name."""


def theme_of(name: str) -> Theme:
    """Return a theme; `UserError` with the nearest name if there is none."""
    if name not in THEMES:
        raise unknown("theme", name, THEMES)
    return THEMES[name]
