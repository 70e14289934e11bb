"""A picture of one world: the ground and what is on it, what the agent sees, hears, does and feels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dualbrain.errors import unknown
from envs.engine.declarations import Creature, Item, Person, Thing
from envs.engine.state import State
from envs.engine.tables import Tables
from envs.engine.world import World
from envs.rendering.board import paint_board
from envs.rendering.bubbles import paint_bubbles
from envs.rendering.light import lit
from envs.rendering.panel import panel
from envs.rendering.scene import Scene
from envs.sprites import BEINGS, DRAWINGS, THEMES, has_sprite


def picture(
    world: World, tables: Tables, state: State, i: int, actions: NDArray[np.int64] | None = None
) -> NDArray[np.uint8]:
    """Draw world ``i``: ``(H, W, 3)``, a square board above a panel, where there is something to tell in one.

    ``actions``, ``(N,)``, are what the agents have just done. `UserError` if the world names a drawing or a theme that
    does not exist.
    """
    check_looks(world)
    scene = Scene(world, tables, state, i, actions)
    board = lit(paint_board(scene), scene)
    paint_bubbles(board, scene)
    below = panel(scene)
    if below is None:
        return np.array(board)
    frame = Image.new("RGB", (board.width, board.height + below.height))
    frame.paste(board, (0, 0))
    frame.paste(below, (0, board.height))
    return np.array(frame)


def check_looks(world: World) -> None:
    """Raise `UserError`, with the nearest name, if the world names a drawing or a theme that does not exist."""
    if world.theme not in THEMES:
        raise unknown("theme", world.theme, THEMES, f" (of world {world.name})")
    parts: tuple[Thing | Creature | Person | Item, ...] = (*world.things, *world.creatures, *world.people, *world.items)
    for part in parts:
        if not has_sprite(part.sprite):
            raise unknown("sprite", part.sprite, [*DRAWINGS, *BEINGS], f" (of {part.name} in world {world.name})")
