"""The panel below the board: levels of the body as bars, and what is in the hand; with several agents, a card each."""

from __future__ import annotations

from PIL import Image, ImageDraw

from envs.rendering.board import resized
from envs.rendering.lettering import font
from envs.rendering.scene import Scene
from envs.sprites import CELL, Face, agent_name, sprite

Pen = ImageDraw.ImageDraw
Box = tuple[float, float, float, float]

NIGHT, TROUGH, TEXT, PALE = (38, 36, 46), (64, 60, 76), (226, 222, 232), (168, 162, 182)
SEEN = (255, 248, 220)
"""Frame of the agent whose view is shown, as around that view."""
MARGIN = 16
SLOT, SLOT_HEIGHT = 104, 52
"""Least width, and height, of what shows one level."""
CARD = 132
"""Least width of an agent's card."""
THIN = 10
"""Height of the bars on cards, the space below included."""
LEGEND = 26


def panel(scene: Scene) -> Image.Image | None:
    """Draw the panel, as wide as the board; None where there is nothing to show."""
    if not scene.world.levels and not scene.world.items:
        return None
    return _body(scene) if scene.world.agents == 1 else _cards(scene)


def _grid(count: int, width: int, least: int) -> tuple[int, int]:
    """Return columns and rows for so many parts, each at least ``least`` pixels wide."""
    most = max(1, (width - MARGIN) // least)
    rows = -(-count // most)
    return -(-count // rows), rows


def _body(scene: Scene) -> Image.Image:
    """Draw the levels of the one agent, and what is in its hand."""
    levels, held = scene.world.levels, bool(scene.world.items)
    columns, rows = _grid(len(levels) + held, scene.side, SLOT)
    width = (scene.side - MARGIN) // columns
    sheet = Image.new("RGB", (scene.side, 8 + rows * SLOT_HEIGHT), NIGHT)
    for k in range(len(levels)):
        _slot(ImageDraw.Draw(sheet), scene, k, MARGIN + k % columns * width, k // columns * SLOT_HEIGHT, width - MARGIN)
    if held:
        left, top = MARGIN + len(levels) % columns * width, len(levels) // columns * SLOT_HEIGHT
        _hand(sheet, scene, left, top + 8, width - MARGIN)
    return sheet


def _slot(pen: Pen, scene: Scene, k: int, left: int, top: int, width: int) -> None:
    """Draw a level with its name and number."""
    level, amount = scene.world.levels[k], float(scene.state.levels[scene.i, k])
    pen.text((left, top + 10), level.name, TEXT, font(14))
    number = f"{amount:.0%}"
    if pen.textlength(f"{level.name} {number}", font(14)) <= width:
        pen.text((left + width, top + 10), number, PALE, font(14), "ra")
    _bar(pen, (left, top + 32, left + width, top + 46), amount, level.colour)


def _bar(pen: Pen, box: Box, amount: float, colour: tuple[int, int, int]) -> None:
    left, top, right, bottom = box
    round_end = (bottom - top) / 2
    pen.rounded_rectangle(box, round_end, TROUGH)
    if amount > 0.0:
        pen.rounded_rectangle(
            (left, top, left + max(2 * round_end, (right - left) * amount), bottom), round_end, colour
        )


def _hand(sheet: Image.Image, scene: Scene, left: int, top: int, width: int) -> None:
    """Draw the hand, and the name of what is in it."""
    pen, item = ImageDraw.Draw(sheet), scene.item_of(scene.i)
    pen.rounded_rectangle((left, top, left + CELL + 8, top + CELL + 8), 9, TROUGH, PALE, 1)
    if item is not None:
        drawing = sprite(item.sprite)
        sheet.paste(drawing, (left + 4, top + 4), drawing)
    words = ["hand", "empty"] if item is None else item.name.split(" ", 1)
    for k, word in enumerate(words):
        if CELL + 16 + pen.textlength(word, font(13)) <= width + MARGIN:
            pen.text((left + CELL + 16, top + 4 + 16 * k), word, PALE if item is None else TEXT, font(13))


def _cards(scene: Scene) -> Image.Image:
    """Draw a card for each agent, below the names of the levels."""
    levels, held = scene.world.levels, bool(scene.world.items)
    columns, rows = _grid(scene.world.agents, scene.side, CARD)
    width, height = (scene.side - MARGIN) // columns, max(CELL, len(levels) * THIN + 2) + 8
    sheet = Image.new("RGB", (scene.side, LEGEND * bool(levels) + rows * height + 8), NIGHT)
    _legend(ImageDraw.Draw(sheet), scene)
    for k, r in enumerate(scene.rows):
        left, top = MARGIN + k % columns * width, LEGEND * bool(levels) + k // columns * height
        _card(sheet, scene, r, agent_name(k), (left, top, left + width - MARGIN, top + height - 8), held)
    return sheet


def _legend(pen: Pen, scene: Scene) -> None:
    left = float(MARGIN)
    for level in scene.world.levels:
        pen.ellipse((left, 9, left + 9, 18), level.colour)
        pen.text((left + 14, 6), level.name, TEXT, font(13))
        left += 30 + pen.textlength(level.name, font(13))


def _card(sheet: Image.Image, scene: Scene, r: int, name: str, box: tuple[int, int, int, int], held: bool) -> None:
    """Draw one agent with its levels and what it holds; of a dead one, a shade."""
    left, top, right, bottom = box
    pen, drawing = ImageDraw.Draw(sheet), sprite(name, Face(mood=1))
    middle = (top + bottom - CELL) // 2
    if not scene.state.alive[r]:
        sheet.paste(
            drawing.convert("L").convert("RGB"), (left, middle), drawing.getchannel("A").point(lambda a: a // 4)
        )
        pen.text((left + CELL + 8, (top + bottom) / 2), "dead", PALE, font(13), "lm")
        return
    if r == scene.seer:
        pen.rounded_rectangle((left - 3, middle - 3, left + CELL + 2, middle + CELL + 2), 9, TROUGH, SEEN, 2)
    sheet.paste(drawing, (left, middle), drawing)
    first = (top + bottom - len(scene.world.levels) * THIN) / 2 + 2
    for k, level in enumerate(scene.world.levels):
        bar = (left + CELL + 8, first + k * THIN, right - (CELL if held else 0), first + (k + 1) * THIN - 4)
        _bar(pen, bar, float(scene.state.levels[r, k]), level.colour)
    item = scene.item_of(r)
    if item is not None:
        held_drawing = resized(item.sprite, 24)
        sheet.paste(held_drawing, (right - 24, middle + 4), held_drawing)
