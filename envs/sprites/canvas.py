"""The canvas on which everything is drawn: 128 pixels, a soft shadow, then made smaller."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageFilter

CELL = 32
"""Pixels per cell."""
FINE = 128
"""Pixels per cell while drawing."""

Pen = ImageDraw.ImageDraw
Colour = tuple[int, int, int]
Painter = Callable[[Pen], None]
"""A drawing: paints a canvas of `FINE` pixels."""

SHADOW = (20, 24, 32, 110)


def draw(paint: Painter) -> Image.Image:
    """Return a drawing with its shadow, ``(CELL, CELL)`` with transparency."""
    canvas = Image.new("RGBA", (FINE, FINE))
    paint(ImageDraw.Draw(canvas))
    return _with_shadow(canvas).resize((CELL, CELL), Image.Resampling.LANCZOS)


def _with_shadow(canvas: Image.Image) -> Image.Image:
    """Put a soft shadow below a drawing."""
    shadow = Image.new("RGBA", canvas.size)
    shadow.paste(Image.new("RGBA", canvas.size, SHADOW), (3, 8), canvas.getchannel("A"))
    return Image.alpha_composite(shadow.filter(ImageFilter.GaussianBlur(5)), canvas)


def tone(colour: Colour, shift: int) -> Colour:
    """Return a colour made lighter by ``shift``, or darker where it is negative."""
    red, green, blue = (min(max(part + shift, 0), 255) for part in colour)
    return red, green, blue


def disc(pen: Pen, x: float, y: float, radius: float, colour: Colour | tuple[int, int, int, int]) -> None:
    """Fill a circle."""
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), colour)


def ball(pen: Pen, x: float, y: float, radius: float, colour: Colour) -> None:
    """Draw something round, lit from the upper left."""
    disc(pen, x, y, radius, tone(colour, -46))
    disc(pen, x - radius * 0.08, y - radius * 0.1, radius * 0.86, colour)
    disc(pen, x - radius * 0.36, y - radius * 0.38, radius * 0.28, tone(colour, 84))


def block(pen: Pen, box: tuple[float, float, float, float], radius: float, colour: Colour, edge: float = 5) -> None:
    """Draw a rounded block with a dark lower edge and a light upper one."""
    left, top, right, bottom = box
    pen.rounded_rectangle(box, radius, tone(colour, -44))
    pen.rounded_rectangle((left, top, right, bottom - edge), radius, tone(colour, 26))
    pen.rounded_rectangle((left, top + edge, right, bottom - edge), radius, colour)


def stroke(pen: Pen, points: list[tuple[float, float]], colour: Colour, width: float) -> None:
    """Draw a line with round ends."""
    pen.line(points, colour, round(width), "curve")
    for x, y in (points[0], points[-1]):
        disc(pen, x, y, width / 2 - 0.5, colour)


def heart(pen: Pen, x: float, y: float, radius: float, colour: Colour) -> None:
    """Draw a heart around a point."""
    for side in (-1, 1):
        disc(pen, x + side * radius * 0.5, y - radius * 0.3, radius * 0.56, colour)
    pen.polygon([(x - radius, y - radius * 0.06), (x + radius, y - radius * 0.06), (x, y + radius)], colour)


def star(pen: Pen, x: float, y: float, radius: float, colour: Colour, points: int = 4) -> None:
    """Draw a star with pointed rays around a point."""
    outline = []
    for k in range(2 * points):
        reach, angle = radius if k % 2 == 0 else radius * 0.38, pi * k / points - pi / 2
        outline.append((x + reach * cos(angle), y + reach * sin(angle)))
    pen.polygon(outline, colour)


def leaf(pen: Pen, x: float, y: float, length: float, angle: float, colour: Colour) -> None:
    """Draw a pointed leaf that grows from a point, ``angle`` in radians, clockwise from the east."""
    along, across = (cos(angle), sin(angle)), (-sin(angle), cos(angle))
    outline = [(x, y)]
    for share, width in ((0.3, 0.26), (0.6, 0.27), (1.0, 0.0), (0.6, -0.27), (0.3, -0.26)):
        outline.append(
            (
                x + length * (share * along[0] + width * across[0]),
                y + length * (share * along[1] + width * across[1]),
            )
        )
    pen.polygon(outline, colour)
