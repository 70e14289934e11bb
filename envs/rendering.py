"""A picture of one world: the ground and what is on it, what the agent sees, hears and feels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from envs.engine.ground import WALL_KIND
from envs.engine.state import PRESENT, SILENCE, State
from envs.engine.tables import Tables
from envs.engine.world import World
from envs.sprites import CELL, DRAWINGS, ground, sprite, stone

PANEL = 60
"""Height of the panel of levels, in pixels."""
WEARY = 0.25
"""Least level with which the agent still smiles."""
INK = (44, 40, 52)


def picture(world: World, tables: Tables, state: State, i: int) -> NDArray[np.uint8]:
    """Draw world ``i``: ``((size + 2) * CELL + PANEL, (size + 2) * CELL, 3)``."""
    board = _board(world, tables, state, i)
    board = _gaze(board, world, tables, state, i)
    _speech(board, world, tables, state, i)
    frame = Image.new("RGB", (board.width, board.height + PANEL), (38, 36, 46))
    frame.paste(board, (0, 0))
    _panel(frame, world, state, i)
    return np.asarray(frame).copy()


def _corner(tables: Tables, cell: int) -> tuple[int, int]:
    """Return the upper left pixel ``(x, y)`` of a cell; of the padding, one ring of wall is shown."""
    outside = tables.pad - 1
    return int(tables.column[cell] - outside) * CELL, int(tables.row[cell] - outside) * CELL


def _board(world: World, tables: Tables, state: State, i: int) -> Image.Image:
    board = ground(world.theme, world.size + 2).copy()
    for cell in np.flatnonzero(state.grid[i] == WALL_KIND):
        board.paste(stone(world.theme, int(cell) * 7 // 3), _corner(tables, int(cell)))
    for m, kind in enumerate(tables.thing_kind):
        if kind != WALL_KIND:
            _place(board, tables, state.place[i, m], _look(world, kind, state.due[i, m] == PRESENT))
    weary = bool((state.levels[i, tables.lethal] < WEARY).any())
    _place(board, tables, state.agent[i], "weary agent" if weary else "agent")
    for c, species in enumerate(tables.species):
        _place(board, tables, state.creature[i, c], world.creatures[species].sprite)
    return board


def _look(world: World, kind: int, present: bool) -> str:
    name = world.things[kind - WALL_KIND - 1].sprite
    return name if present else f"bare {name}"


def _place(board: Image.Image, tables: Tables, cell: int, name: str) -> None:
    if name in DRAWINGS:
        drawing = sprite(name)
        board.paste(drawing, _corner(tables, cell), drawing)


def _gaze(board: Image.Image, world: World, tables: Tables, state: State, i: int) -> Image.Image:
    """Dim what the agent does not see."""
    x, y = _corner(tables, state.agent[i])
    half = world.view // 2 * CELL
    window = (x - half, y - half, x + half + CELL - 1, y + half + CELL - 1)
    shade = Image.new("L", board.size, 58)
    ImageDraw.Draw(shade).rounded_rectangle(window, 10, 0)
    dimmed = Image.composite(Image.new("RGB", board.size, (30, 28, 44)), board, shade)
    ImageDraw.Draw(dimmed).rounded_rectangle(window, 10, None, (255, 248, 220), 2)
    return dimmed


def _speech(board: Image.Image, world: World, tables: Tables, state: State, i: int) -> None:
    """Draw the word that is heard in a bubble above the agent, or below it near the upper edge."""
    if state.heard[i] == SILENCE:
        return
    word, font = world.vocabulary.words[state.heard[i]], ImageFont.load_default(17)
    pen = ImageDraw.Draw(board)
    x, y = _corner(tables, state.agent[i])
    width, above = round(pen.textlength(word, font)) + 22, y >= 40
    left = min(max(x + CELL // 2 - width // 2, 2), board.width - width - 2)
    top, tip = (y - 36, y - 1) if above else (y + CELL + 10, y + CELL)
    base = top + 26 if above else top + 3
    middle = x + CELL // 2
    pen.rounded_rectangle((left, top, left + width, top + 28), 12, (255, 255, 252), INK, 2)
    pen.polygon([(middle - 6, base), (middle + 6, base), (middle, tip)], (255, 255, 252))
    pen.text((left + width / 2, top + 14), word, INK, font, "mm")


def _panel(frame: Image.Image, world: World, state: State, i: int) -> None:
    """Draw the levels of the body as bars."""
    pen, font = ImageDraw.Draw(frame), ImageFont.load_default(14)
    slot = (frame.width - 16) // len(world.levels)
    top = frame.height - PANEL
    for k, level in enumerate(world.levels):
        left, amount = 16 + k * slot, float(state.levels[i, k])
        bar = (left, top + 32, left + slot - 16, top + 46)
        pen.text((left, top + 10), level.name, (226, 222, 232), font)
        pen.text((bar[2], top + 10), f"{amount:.0%}", (168, 162, 182), font, "ra")
        pen.rounded_rectangle(bar, 7, (64, 60, 76))
        if amount > 0.0:
            pen.rounded_rectangle((*bar[:2], left + max(14, round((slot - 16) * amount)), bar[3]), 7, level.colour)
