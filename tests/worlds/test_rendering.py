"""What a world's `render` returns becomes a picture where that can be understood, and is left out where it cannot."""

from __future__ import annotations

import io
from typing import Any

import gymnasium
import numpy as np
import pytest
from PIL import Image

from dualbrain.episodes.camera import Camera, quick
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.rendering import as_picture, can_be_drawn
from tests.sample_worlds import drawn
from tests.sample_worlds.drawn import BROKEN, INVISIBLE, PICTURE, SHOWN, registered

GREY = PICTURE[..., :1].repeat(3, axis=-1)
OPAQUE = np.full(PICTURE.shape[:2], 255, np.uint8)


@pytest.mark.parametrize(
    ("rendered", "shown"),
    [
        (PICTURE, PICTURE),
        (PICTURE.astype(np.int64), PICTURE),
        (PICTURE.astype(np.float32), PICTURE),
        (PICTURE / 255.0, PICTURE),
        (PICTURE.tolist(), PICTURE),
        ((PICTURE / 255.0).tolist(), PICTURE),
        (PICTURE.transpose(2, 0, 1), PICTURE),
        (PICTURE[..., 0], GREY),
        (PICTURE[..., :1], GREY),
        (PICTURE[..., 0] > 99, 255 * (GREY > 99)),
        (np.dstack([PICTURE, OPAQUE]), PICTURE),
        (np.dstack([PICTURE, 0 * OPAQUE]), np.full_like(PICTURE, 255)),
        ([0 * PICTURE, PICTURE], PICTURE),
        ((PICTURE[:7], PICTURE), PICTURE),
        (np.stack([0 * PICTURE, PICTURE]), PICTURE),
        ([PICTURE[..., 1], PICTURE[..., 0]], GREY),
        (Image.fromarray(PICTURE), PICTURE),
        (np.zeros((4, 4, 3)), np.zeros((4, 4, 3))),
    ],
)
def test_pictures_of_many_kinds_are_understood(rendered, shown):
    picture = as_picture(rendered)
    assert picture.dtype == np.uint8
    np.testing.assert_array_equal(picture, shown)


@pytest.mark.parametrize(
    "rendered",
    [
        None, "a wall", b"png", {}, 3, object(), [], (), [None], ["a", "b"], [[1, 2], [3]], np.zeros(3),
        np.zeros((0, 0, 3)),
        np.zeros((5, 5, 2)), np.zeros((4, 4, 3), complex), np.full((4, 4, 3), np.nan), np.full((4, 4, 3), -1.0),
        np.full((4, 4, 3), 256), np.full((4, 4, 3), np.inf), np.zeros((2, 2, 2, 2, 3)),
    ],
)  # fmt: skip
def test_anything_else_is_no_picture(rendered):
    with pytest.raises(ValueError, match=r"render\(\) returned|inhomogeneous"):
        as_picture(rendered)


def test_worlds_are_asked_for_pictures_by_what_they_declare():
    def drawable(world: type[Any], metadata: Any = None) -> bool:
        return can_be_drawn(gymnasium.spec(registered(world)), world.metadata if metadata is None else metadata)

    assert all(drawable(world) for world in (*SHOWN, *BROKEN))
    assert not any(drawable(world) for world in INVISIBLE)
    odd: tuple[Any, ...] = ({}, {"render_modes": None}, {"render.modes": ["rgb_array"]}, [], "rgb_array")
    assert not any(drawable(drawn.Drawn, metadata) for metadata in odd)
    assert not can_be_drawn(None, drawn.Drawn.metadata)
    assert can_be_drawn(gymnasium.spec("CartPole-v1"), {"render_modes": ["rgb_array"]})


def test_worlds_made_by_an_id_are_made_once_and_draw_only_if_asked_to():
    drawn.Drawn.made.clear()
    assert make_vec_env(registered(drawn.Drawn), 2).render_mode is None
    assert drawn.Drawn.made == [None, None]
    assert make_vec_env(registered(drawn.Drawn), env_kwargs={"render_mode": "rgb_array"}).render_mode == "rgb_array"
    assert make_vec_env(drawn.Drawn("rgb_array")).render_mode == "rgb_array"
    assert drawn.Drawn.made[2:] == ["rgb_array"] * 2


def taken(world: type[Any], camera: Camera) -> dict[int, list[bytes]]:
    """Take the pictures of two episodes."""
    venv: Any = make_vec_env(world("rgb_array"))
    venv.reset()
    camera.begin()
    for episode in (0, 1):
        for _ in range(drawn.LENGTH):
            camera.take(venv, episode)
            venv.step([0])
    return camera.pictures


@pytest.mark.parametrize("world", SHOWN)
def test_every_step_of_an_episode_has_a_picture(world, switched_off):
    pictures = taken(world, Camera(quick))
    assert [len(pictures[episode]) for episode in (0, 1)] == [drawn.LENGTH] * 2
    shown = np.asarray(Image.open(io.BytesIO(pictures[0][1])))
    expected = {drawn.Grey: GREY}.get(world, PICTURE)
    assert world is drawn.Strip or np.array_equal(shown, expected)
    assert len(switched_off) == (world is drawn.NowAndThen)


@pytest.mark.parametrize("world", [drawn.OfNothing, drawn.OfAnotherShape, drawn.OfNoNumbers, drawn.OfWords])
def test_what_is_no_picture_is_left_out_and_said_once(world, switched_off):
    camera = Camera()
    assert taken(world, camera) == taken(world, camera) == {}
    assert len(switched_off) == 1
    assert switched_off[0].startswith("a picture of the world is left out, as are others like it: render() returned")


@pytest.mark.parametrize("world", [drawn.Raises, drawn.RaisesLater])
def test_a_world_that_raises_is_not_drawn_any_more(world, switched_off):
    camera = Camera()
    assert taken(world, camera) == taken(world, camera) == {}
    assert len(switched_off) == 1
    assert "the world's pictures switched off, so that there is no picture of an episode from now on" in switched_off[0]
