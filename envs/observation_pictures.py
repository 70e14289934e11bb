"""Small pictures of what agents saw, made from their observations alone."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from envs.engine.world import OTHER, WALL, World
from envs.observation import layout_of
from envs.sprites import agent_name, ground, sprite, wall

SIDE = 8
"""Pixels of a cell."""

Pixels = NDArray[np.uint8]


def observation_pictures(world: World, observations: NDArray[np.uint8]) -> Pixels:
    """Draw observations ``(n, D)`` as ``(n, V * SIDE, V * SIDE, 3)``: what lies where in view, the agent in the middle.

    Words, hand, body and what shows on faces are not drawn.
    """
    layout = layout_of(world)
    view = observations[:, layout.view].reshape(-1, *layout.view_shape)
    span = layout.view_shape[1]
    blank = small(ground(world.theme, 1))[..., :3]
    drawn = np.tile(blank, (len(view), span, span, 1, 1, 1))
    for plane, drawing in looks(world).items():
        _stamp(drawn, np.nonzero(view[:, layout.planes.index(plane)]), drawing)
    middle = np.full(len(view), span // 2)
    _stamp(drawn, (np.arange(len(view)), middle, middle), small(sprite(agent_name(0))))
    return drawn.swapaxes(2, 3).reshape(len(view), span * SIDE, span * SIDE, 3)


def looks(world: World) -> dict[str, Pixels]:
    """Return what stands for each plane of the view, ``(SIDE, SIDE, 4)``: of kinds that look alike, the first."""
    kinds = [(plane, thing.sprite) for thing in world.things for plane in thing.planes]
    kinds += [(plane, person.sprite) for person in world.people for plane in person.planes]
    kinds += [(creature.name, creature.sprite) for creature in world.creatures]
    kinds += [(OTHER, agent_name(1))] if OTHER in world.planes else []
    drawings = {WALL: small(wall(world.theme, 0)), **_first(kinds)}
    return {plane: drawings[plane] for plane in world.planes if plane in drawings}


def _first(kinds: Iterable[tuple[str, str]]) -> dict[str, Pixels]:
    return {plane: small(sprite(name)) for plane, name in reversed([*kinds])}


def small(drawing: Image.Image) -> Pixels:
    """Return a drawing as ``(SIDE, SIDE, 4)``."""
    return np.array(drawing.convert("RGBA").resize((SIDE, SIDE), Image.Resampling.BOX))


def _stamp(drawn: Pixels, where: tuple[NDArray[np.int64], ...], drawing: Pixels) -> None:
    """Lay a drawing over cells of ``drawn``, ``(n, V, V, SIDE, SIDE, 3)``."""
    alpha = drawing[..., 3:] / np.float32(255.0)
    drawn[where] = (drawn[where] * (1.0 - alpha) + drawing[..., :3] * alpha).astype(np.uint8)
