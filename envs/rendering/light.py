"""Brighten the cells that an agent sees, and dim the rest."""

from __future__ import annotations

from PIL import Image, ImageDraw

from envs.rendering.scene import Scene
from envs.sprites import CELL

DUSK, NIGHT = 0.77, (7, 6, 10)
"""How bright the rest is, and what colour is added to it."""
ROUND = 10


def lit(board: Image.Image, scene: Scene) -> Image.Image:
    """Dim what the first living agent does not see."""
    if scene.seer is None:
        return board
    x, y = scene.corner(scene.state.agent[scene.seer])
    half = scene.world.view // 2 * CELL
    window = (x - half, y - half, x + half + CELL - 1, y + half + CELL - 1)
    dimmed = board.point([round(value * DUSK + shift) for shift in NIGHT for value in range(256)])
    mask = Image.new("1", board.size)
    ImageDraw.Draw(mask).rounded_rectangle(window, ROUND, 1)
    dimmed.paste(board, (0, 0), mask)
    ImageDraw.Draw(dimmed).rounded_rectangle(window, ROUND, None, (255, 248, 220), 2)
    return dimmed
