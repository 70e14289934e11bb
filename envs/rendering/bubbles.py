"""Bubbles: the word that is heard, what agents say, and what else they do."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageDraw

from envs.engine.state import SILENCE
from envs.rendering.lettering import font
from envs.rendering.scene import Scene
from envs.sprites import CELL

Colour = tuple[int, int, int]
INK: Colour = (44, 40, 52)


@dataclass(frozen=True)
class Manner:
    """How a bubble looks."""

    size: int
    """Height of the letters."""
    paper: Colour
    ink: Colour
    edge: Colour
    waves: bool = False
    """Whether sound waves come in from the left."""


HEARD = Manner(17, (255, 255, 252), INK, INK, waves=True)
SAID = Manner(17, (255, 232, 176), INK, (196, 116, 28))
DONE = Manner(13, (58, 52, 76), (250, 244, 255), (250, 244, 255))


def paint_bubbles(board: Image.Image, scene: Scene) -> None:
    """Draw what the agents have just done, and what the seer hears."""
    pen, talking = ImageDraw.Draw(board), False
    says = {act.name: act.says for act in scene.world.acts}
    for r in reversed(scene.rows):
        name = scene.act_of(r)
        if name is not None:
            bubble(pen, scene, r, says[name] or name, SAID if says[name] else DONE, above=True)
        talking = name is not None
    seer = scene.seer
    if seer is not None and scene.state.heard[seer] != SILENCE:
        bubble(pen, scene, seer, scene.world.vocabulary.words[scene.state.heard[seer]], HEARD, above=not talking)


def bubble(pen: ImageDraw.ImageDraw, scene: Scene, r: int, text: str, manner: Manner, above: bool) -> None:
    """Draw a bubble above or below agent ``r``, on the other side where there is no room."""
    x, y = scene.corner(scene.state.agent[r])
    letters, waves = font(manner.size), 16 if manner.waves else 0
    width, height = round(pen.textlength(text, letters)) + 22 + waves, manner.size + 11
    room_above, room_below = y >= height + 12, y + CELL + height + 12 <= scene.side
    above = room_above if above or not room_below else False
    left = min(max(x + CELL // 2 - width // 2, 2), max(scene.side - width - 2, 2))
    top, tip = (y - height - 8, y - 1) if above else (y + CELL + 10, y + CELL)
    base, middle = (top + height - 2 if above else top + 3), x + CELL // 2
    pen.rounded_rectangle((left, top, left + width, top + height), height * 0.43, manner.paper, manner.edge, 2)
    pen.polygon([(middle - 6, base), (middle + 6, base), (middle, tip)], manner.paper)
    pen.text((left + waves + (width - waves) / 2, top + height / 2), text, manner.ink, letters, "mm")
    for reach in range(4, waves, 4):
        box = (left + 8 - reach, top + height / 2 - reach, left + 8 + reach, top + height / 2 + reach)
        pen.arc(box, -40, 40, (110, 130, 190), 2)
