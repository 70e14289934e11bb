"""Drawings of what is in a world, one function each, on a canvas of 128 pixels that is then made smaller."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import cos, pi, sin

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

CELL = 32
"""Pixels per cell."""
FINE = 128
"""Pixels per cell while drawing."""

Pen = ImageDraw.ImageDraw
Colour = tuple[int, int, int]

GROUNDS: dict[str, tuple[Colour, Colour, Colour]] = {
    "meadow": ((196, 217, 150), (176, 201, 128), (146, 158, 142)),
    "cave": ((122, 112, 122), (106, 97, 109), (70, 64, 78)),
}
"""Themes: ground, its speckles, stone."""


@lru_cache(maxsize=64)
def sprite(name: str) -> Image.Image:
    """Return a drawing by name, ``(CELL, CELL)`` with transparency."""
    canvas = Image.new("RGBA", (FINE, FINE))
    DRAWINGS[name](ImageDraw.Draw(canvas))
    return _with_shadow(canvas).resize((CELL, CELL), Image.Resampling.LANCZOS)


@lru_cache(maxsize=64)
def ground(theme: str, side: int) -> Image.Image:
    """Return a square of ground, ``side`` cells wide, softly mottled."""
    base, speckle, _ = (np.array(colour, np.float64) for colour in GROUNDS[theme])
    random = np.random.default_rng(7)
    coarse = Image.fromarray((random.random((side * 2, side * 2)) * 255).astype(np.uint8))
    mottle = (
        np.asarray(coarse.resize((side * CELL, side * CELL), Image.Resampling.BICUBIC), np.float64)[..., None] / 255
    )
    grain = random.normal(0.0, 3.0, (side * CELL, side * CELL, 1))
    rows, columns = np.indices((side * CELL, side * CELL)) // CELL
    checker = ((rows + columns) % 2 * 5.0)[..., None]
    pixels = base * (1 - mottle) + speckle * mottle + grain - checker
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8), "RGB")


@lru_cache(maxsize=64)
def stone(theme: str, look: int) -> Image.Image:
    """Return a wall's stone, in one of a few looks."""
    red, green, blue = GROUNDS[theme][2]
    shift = (look % 4) * 5 - 7
    face = (red + shift, green + shift, blue + shift)
    canvas = Image.new("RGBA", (FINE, FINE), (red - 34, green - 34, blue - 34, 255))
    pen = ImageDraw.Draw(canvas)
    pen.rounded_rectangle((5, 3, 123, 117), 26, face)
    pen.rounded_rectangle((13, 9, 115, 62), 22, tuple(min(tone + 16, 255) for tone in face))
    pen.rounded_rectangle((10, 30, 118, 112), 24, face)
    cracks = {0: (30, 80, 58, 96), 1: (70, 50, 96, 40), 2: (40, 60, 50, 84), 3: (84, 78, 100, 98)}
    pen.line(cracks[look % 4], (red - 22, green - 22, blue - 22), 5)
    return canvas.resize((CELL, CELL), Image.Resampling.LANCZOS)


def _with_shadow(canvas: Image.Image) -> Image.Image:
    """Put a soft shadow below a drawing."""
    shadow = Image.new("RGBA", canvas.size)
    dark = Image.new("RGBA", canvas.size, (20, 24, 32, 110))
    shadow.paste(dark, (3, 8), canvas.getchannel("A"))
    return Image.alpha_composite(shadow.filter(ImageFilter.GaussianBlur(5)), canvas)


def _disc(pen: Pen, x: float, y: float, radius: float, colour: Colour) -> None:
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), colour)


def _leaves(pen: Pen, dark: Colour, light: Colour) -> None:
    for x, y, radius in ((40, 78, 29), (88, 78, 29), (64, 58, 35), (64, 86, 30)):
        _disc(pen, x, y, radius, dark)
    for x, y, radius in ((36, 70, 18), (84, 68, 18), (60, 46, 22)):
        _disc(pen, x, y, radius, light)


def _bush(pen: Pen) -> None:
    _leaves(pen, (58, 118, 62), (92, 158, 82))
    for x, y in ((42, 62), (76, 50), (92, 80), (62, 80), (34, 88), (72, 104)):
        _disc(pen, x, y, 10.5, (168, 26, 52))
        _disc(pen, x - 1, y - 1, 9, (222, 48, 74))
        _disc(pen, x - 4, y - 4, 3, (255, 190, 196))


def _bare_bush(pen: Pen) -> None:
    _leaves(pen, (104, 124, 84), (130, 148, 104))


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
        pen.polygon(outline, (246, 244, 252))
        pen.polygon([(x, top), (x + width, shoulder), (x + width * 0.8, bottom), (x, bottom)], (206, 200, 226))
        pen.polygon([(x, top), (x + width, shoulder), (x, shoulder + 8), (x - width, shoulder)], (255, 255, 255))


def _thorns(pen: Pen) -> None:
    for k in range(11):
        angle = 2 * pi * k / 11 + 0.3
        x, y = 64 + 52 * cos(angle), 70 + 48 * sin(angle)
        across = (9 * sin(angle), -9 * cos(angle))
        pen.polygon([(64 + across[0], 70 + across[1]), (x, y), (64 - across[0], 70 - across[1])], (72, 82, 44))
        _disc(pen, x, y, 4.5, (188, 66, 60))
    _disc(pen, 64, 70, 27, (96, 106, 58))
    _disc(pen, 57, 62, 14, (124, 134, 78))
    for x, y in ((56, 80), (74, 64), (64, 68), (76, 82)):
        pen.line((x, y, x + 3, y - 13), (62, 68, 38), 4)


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
        _disc(pen, x, 44, 7, (250, 240, 226))
        _disc(pen, x, 42, 3.5, (200, 34, 40))
    pen.line([(56, 30), (54, 20)], (34, 26, 40), 5)
    pen.line([(72, 30), (74, 20)], (34, 26, 40), 5)


def _body(pen: Pen) -> None:
    for x in (44, 84):
        pen.ellipse((x - 14, 104, x + 14, 122), (206, 122, 40))
    pen.ellipse((16, 18, 112, 116), (222, 138, 44))
    pen.ellipse((19, 18, 109, 110), (252, 184, 76))
    pen.ellipse((36, 62, 92, 108), (255, 220, 146))
    pen.line([(64, 20), (62, 8), (72, 2)], (222, 138, 44), 7, "curve")
    for x in (46, 82):
        pen.ellipse((x - 11, 40, x + 11, 68), (255, 255, 255))
        pen.ellipse((x - 6, 46, x + 7, 66), (44, 34, 40))
        _disc(pen, x + 3, 52, 3.5, (255, 255, 255))
        _disc(pen, x + (16 if x > 64 else -16), 76, 7, (246, 138, 100))


def _agent(pen: Pen) -> None:
    _body(pen)
    pen.chord((50, 66, 78, 94), 10, 170, (150, 56, 44))


def _weary_agent(pen: Pen) -> None:
    _body(pen)
    pen.arc((50, 80, 78, 106), 200, 340, (120, 56, 44), 6)


DRAWINGS: dict[str, Callable[[Pen], None]] = {
    "agent": _agent,
    "weary agent": _weary_agent,
    "bush": _bush,
    "bare bush": _bare_bush,
    "pool": _pool,
    "salt": _salt,
    "spider": _spider,
    "thorns": _thorns,
}
"""The drawings by name; those named ``bare ...`` show what is left until a thing has grown back."""
