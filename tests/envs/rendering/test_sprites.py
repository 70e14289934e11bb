"""Drawings: all there, told apart from each other and from the ground, and the same every time."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from dualbrain.errors import UserError
from envs.sprites import (
    AGENT_COLOURS,
    BEINGS,
    CELL,
    DRAWINGS,
    LOOKS,
    NEUTRAL,
    THEMES,
    Face,
    agent_name,
    ground,
    sprite,
    wall,
)

NAMES = sorted([*DRAWINGS, *BEINGS])
WAYS = list(itertools.product((-1, 0, 1), (-1, 0, 1)))
FACES = [Face(mood, hurt, look) for mood in (-1, 0, 1) for hurt in (False, True) for look in WAYS]


def on_ground(name: str, theme: str, face: Face = NEUTRAL) -> NDArray[np.float64]:
    """Return a drawing on the ground of a theme: ``(CELL, CELL, 3)``."""
    cell, drawing = ground(theme, 3).crop((0, 0, CELL, CELL)), sprite(name, face)
    cell.paste(drawing, (0, 0), drawing)
    return np.asarray(cell, np.float64)


@pytest.mark.parametrize("name", NAMES)
def test_a_drawing_fills_a_good_part_of_its_cell(name: str):
    drawing = np.asarray(sprite(name))
    assert drawing.shape == (CELL, CELL, 4)
    assert 0.12 < (drawing[..., 3] > 128).mean() < 0.95


@pytest.mark.parametrize("theme", THEMES)
def test_drawings_stand_out_from_every_ground(theme: str):
    empty = np.asarray(ground(theme, 3).crop((0, 0, CELL, CELL)), np.float64)
    faint = [name for name in NAMES if np.percentile(abs(on_ground(name, theme) - empty).max(axis=2), 90) < 40]
    assert faint == []


def test_no_two_drawings_look_alike():
    seen = {name: on_ground(name, "meadow") for name in NAMES}
    alike = [(a, b) for a, b in itertools.combinations(NAMES, 2) if abs(seen[a] - seen[b]).mean() < 2.0]
    assert alike == []


@pytest.mark.parametrize("name", BEINGS)
def test_every_face_shows(name: str):
    assert len({sprite(name, face).tobytes() for face in FACES}) == len(FACES)


def test_agents_have_colours_of_their_own():
    names = [agent_name(k) for k in range(len(AGENT_COLOURS))]
    assert names[0] == "agent"
    assert len(set(names)) == len(names)
    assert set(names) <= set(BEINGS)
    assert agent_name(len(names)) == "agent"


def test_what_is_left_is_left_of_something():
    assert [name for name in DRAWINGS if name.startswith("bare ") and name.removeprefix("bare ") not in DRAWINGS] == []


@pytest.mark.parametrize("theme", THEMES)
def test_walls_differ_from_the_ground_and_from_each_other(theme: str):
    blocks = [wall(theme, look) for look in range(LOOKS)]
    assert all(block.size == (CELL, CELL) for block in blocks)
    assert len({block.tobytes() for block in blocks}) > 1
    floor = np.asarray(ground(theme, 3).crop((0, 0, CELL, CELL)), np.float64)
    assert abs(np.asarray(blocks[0], np.float64) - floor).mean() > 15


def test_a_drawing_is_the_same_when_drawn_again():
    before = [sprite(name).tobytes() for name in NAMES] + [ground(theme, 4).tobytes() for theme in THEMES]
    sprite.cache_clear()
    ground.cache_clear()
    assert [sprite(name).tobytes() for name in NAMES] + [ground(theme, 4).tobytes() for theme in THEMES] == before


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(UserError, match=r"unknown sprite 'buhs': did you mean 'bush'\?"):
        sprite("buhs")
    with pytest.raises(UserError, match=r"unknown theme 'medow': did you mean 'meadow'\?"):
        ground("medow", 4)
