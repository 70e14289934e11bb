"""The board: ground and walls, things, people, creatures and agents."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from envs.engine.actions import STEPS
from envs.engine.beings.faces import MOVED
from envs.engine.declarations import Item
from envs.engine.ground import WALL_KIND
from envs.engine.society import AGENT, PERSON, THING, has_society
from envs.engine.state import PRESENT
from envs.rendering.scene import NOWHERE, Scene
from envs.sprites import CELL, LOOKS, NEUTRAL, Face, agent_name, ground, has_sprite, sprite, wall

WEARY = 0.25
"""Least level with which an agent still smiles."""
LIFT = 8
"""Pixels by which a being stands above the thing on its cell, so that both are seen."""
ASIDE = 7
"""Pixels by which the next being on a cell stands aside."""
HALO = 60
"""Pixels of the light around a thing whose cue is lit."""
HELD = 18
"""Pixels of an item that is carried."""
DOTS = 9
"""Pixels between the dots of a gaze."""


class Being(NamedTuple):
    """An agent, a person or a creature on the board."""

    cell: int
    sprite: str
    face: Face = NEUTRAL
    holds: Item | None = None


def paint_board(scene: Scene) -> Image.Image:
    """Draw all that is there."""
    board = ground(scene.world.theme, scene.world.size + 2).copy()
    for cell in np.flatnonzero(scene.state.grid[scene.i] == WALL_KIND):
        board.paste(wall(scene.world.theme, int(cell) * 7 // 3 % LOOKS), scene.corner(int(cell)))
    for m in np.flatnonzero(scene.tables.thing_kind != WALL_KIND):
        _place_thing(board, scene, int(m))
    crowd: dict[int, int] = {}
    for being in _beings(scene):
        _place_being(board, scene, being, crowd.get(being.cell, 0))
        crowd[being.cell] = crowd.get(being.cell, 0) + 1
    _trace_gazes(board, scene)
    return board


def _place_thing(board: Image.Image, scene: Scene, m: int) -> None:
    """Draw thing ``m``, which acts may have turned into another kind, or what is left of it; lit while its cue is."""
    cell = int(scene.state.place[scene.i, m])
    there = bool(scene.state.due[scene.i, m] == PRESENT)
    kind = int(scene.state.grid[scene.i, cell] if there else scene.tables.thing_kind[m])
    name = scene.world.things[kind - WALL_KIND - 1].sprite
    if there and _is_lit(scene, kind):
        x, y = scene.corner(cell)
        _paste(board, resized("glow", HALO), x + (CELL - HALO) // 2, y + (CELL - HALO) // 2)
    if there or has_sprite(f"bare {name}"):
        _paste(board, sprite(name if there else f"bare {name}"), *scene.corner(cell))


def _is_lit(scene: Scene, kind: int) -> bool:
    """Return whether some agent waits for the taste of this kind of thing."""
    rows = slice(scene.rows.start, scene.rows.stop)
    return bool(((scene.state.delay[rows] > 0) & (scene.state.stomach[rows] == kind)).any())


def _paste(board: Image.Image, drawing: Image.Image, x: int, y: int) -> None:
    board.paste(drawing, (x, y), drawing)


def _place_being(board: Image.Image, scene: Scene, being: Being, others: int) -> None:
    """Draw a being above the thing on its cell, and beside the others that are there already."""
    x, y = scene.corner(being.cell)
    x += (others + 1) // 2 * (1 if others % 2 else -1) * ASIDE
    y -= LIFT if scene.state.grid[scene.i, being.cell] > WALL_KIND else 0
    _paste(board, sprite(being.sprite, being.face), x, y)
    if being.holds is not None:
        _paste(board, resized(being.holds.sprite, HELD), x + CELL - HELD + 4, y + CELL - HELD + 2)


@lru_cache(maxsize=64)
def resized(name: str, side: int) -> Image.Image:
    """Return a drawing made as wide and high as so many pixels."""
    return sprite(name).resize((side, side), Image.Resampling.LANCZOS)


def _beings(scene: Scene) -> list[Being]:
    """Return everybody; who comes later hides who came before."""
    world, state = scene.world, scene.state
    people = [
        Being(int(person["cell"]), world.people[sort].sprite, _face(scene, person))
        for person, sort in zip(_people(scene), scene.tables.people.sort if world.people else (), strict=True)
    ]
    agents = [
        Being(int(state.agent[r]), agent_name(k), _agent_face(scene, r), scene.item_of(r))
        for k, r in enumerate(scene.rows)
        if state.alive[r]
    ]
    creatures = [
        Being(int(cell), world.creatures[species].sprite)
        for cell, species in zip(state.creature[scene.i], scene.tables.species, strict=True)
    ]
    return [being for being in (*people, *reversed(agents), *creatures) if being.cell != NOWHERE]


def _agent_face(scene: Scene, r: int) -> Face:
    """Return the face of an agent: weary when something that kills it runs low, hurt while it is stunned."""
    down, right = STEPS[scene.state.facing[r]]
    weary = bool((scene.state.levels[r, scene.tables.lethal] < WEARY).any())
    hurt = has_society(scene.world) and bool(scene.state.society.stunned[r] > 0)
    return Face(-1 if weary else 1, hurt, (right, down))


def _people(scene: Scene) -> Any:
    """Return the records of all people."""
    return scene.state.society.person[scene.i] if scene.world.people else ()


def _face(scene: Scene, person: Any) -> Face:
    """Return the face of a person."""
    mood = int(person["mood"] > MOVED) - int(person["mood"] < -MOVED)
    return Face(mood, bool(person["ache"] > 0), _direction(scene, int(person["cell"]), _looked_at(scene, person)))


def _looked_at(scene: Scene, person: Any) -> int:
    """Return the cell that a person looks at, or `NOWHERE`."""
    target = person["target"]
    if person["eyes"] == AGENT:
        return int(scene.state.agent[target])
    if person["eyes"] == PERSON:
        return int(scene.state.society.person[scene.i, target]["cell"])
    if person["eyes"] == THING:
        return int(scene.state.place[scene.i, target])
    return NOWHERE


def _direction(scene: Scene, cell: int, there: int) -> tuple[int, int]:
    """Return the way from a cell to another, to the right and down, each -1, 0 or 1."""
    if NOWHERE in (cell, there):
        return 0, 0
    (x, y), (to_x, to_y) = scene.place(cell), scene.place(there)
    right, down = to_x - x, to_y - y
    # Much further along one way than across it is straight.
    right, down = (0 if 2 * abs(right) < abs(down) else right), (0 if 2 * abs(down) < abs(right) else down)
    return (right > 0) - (right < 0), (down > 0) - (down < 0)


def _trace_gazes(board: Image.Image, scene: Scene) -> None:
    """Draw dots from the eyes of people to what they look at."""
    pen = ImageDraw.Draw(board, "RGBA")
    for person in _people(scene):
        there = _looked_at(scene, person)
        if there != NOWHERE and there != person["cell"]:
            _dots(pen, scene.corner(int(person["cell"])), scene.corner(there))


def _dots(pen: ImageDraw.ImageDraw, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Draw dots between the middles of two cells, outside of both."""
    along = np.array(end, float) - start
    length, middle = float(np.hypot(*along)), np.array(start, float) + CELL / 2
    for reach in np.arange(CELL * 0.6, length - CELL * 0.4, DOTS):
        x, y = middle + along / length * reach
        pen.ellipse((x - 2, y - 2, x + 2, y + 2), (255, 255, 255, 170), (52, 44, 70, 90))
