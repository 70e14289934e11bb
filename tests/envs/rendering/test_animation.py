"""Every world moves, in its own colours."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import envs
from envs.scripted.animation import main, play_frames, write_gif


@pytest.mark.parametrize("world", envs.WORLDS)
def test_every_world_is_filmed(world: str, tmp_path: Path) -> None:
    frames = list(itertools.islice(play_frames(world, seed=1), 8))
    write_gif(frames, tmp_path / "film.gif", fps=4)
    with Image.open(tmp_path / "film.gif") as gif:
        assert gif.n_frames == len({frame.tobytes() for frame in frames})  # type: ignore[attr-defined]
        assert gif.info["loop"] == 0
        first = np.asarray(gif.convert("RGB"), np.float64)
    assert first.shape == frames[0].shape
    assert np.abs(first - frames[0]).mean() < 8.0
    assert np.quantile(np.abs(first - frames[0]).max(2), 0.999) < 90.0


def test_the_same_seed_is_the_same_film() -> None:
    world = next(iter(envs.WORLDS))
    for expert in (True, False):
        one, again = (list(itertools.islice(play_frames(world, 3, expert), 20)) for _ in range(2))
        np.testing.assert_array_equal(one, again)


def test_options_are_those_of_the_world() -> None:
    small, large = (next(play_frames("dualbrain/Forage-v0", size=size)) for size in (10, 12))
    assert small.shape[0] < large.shape[0]


def test_a_command_writes_it(tmp_path: Path) -> None:
    main(["dualbrain/Forage-v0", "-o", str(tmp_path / "forage.gif"), "--steps", "3", "--random"])
    with Image.open(tmp_path / "forage.gif") as gif:
        assert gif.n_frames == 3  # type: ignore[attr-defined]
