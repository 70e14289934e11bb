"""Take pictures of agent 0's world, one per step, as files; invalid frames are left out, with one warning."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from stable_baselines3.common.vec_env import VecEnv

from dualbrain.training.guard import LOG, Guard
from dualbrain.worlds.rendering import as_picture

File = bytes
"""An image file: WebP, unless something else was asked for."""
LARGEST = 320
"""Pixels on the longer side of a picture: more make pages too large to send."""


def small(picture: NDArray[np.uint8]) -> File:
    """Return a picture ``(H, W, 3)`` as a small file: a brain's life is a thousand of them."""
    image, file = Image.fromarray(picture), io.BytesIO()
    image.thumbnail((LARGEST, LARGEST), Image.Resampling.BOX)
    image.save(file, "WEBP", quality=60, method=2)
    return file.getvalue()


def quick(picture: NDArray[np.uint8]) -> File:
    """Return a picture ``(H, W, 3)`` as a file that takes no time to write and to read again: PPM, nothing packed."""
    image, file = Image.fromarray(picture), io.BytesIO()
    image.reduce(max(max(image.size) // LARGEST, 1)).save(file, "PPM")
    return file.getvalue()


class Camera:
    """Takes pictures of worlds, ``filed`` making a file of each ``(H, W, 3)``; it may be used for several recordings.

    A world that raises is not drawn any more. Of one that returns something else now and then, the picture before is
    shown in the place of what is none.
    """

    def __init__(self, filed: Callable[[NDArray[np.uint8]], File] = small):
        self._filed = filed
        self.guard = Guard("the world's pictures", "picture of an episode")
        self._said = False
        self.begin()

    def begin(self) -> None:
        """Begin a new recording."""
        self._taken: dict[int, list[File | None]] = {}

    def take(self, venv: VecEnv, episode: int) -> None:
        """Take the picture of a step of an episode, if there is one to be had."""
        rendered = self.guard.run(_rendered, venv)
        if self.guard.working:
            self._taken.setdefault(episode, []).append(self._understood(rendered))
        else:
            self._taken.pop(episode, None)

    def _understood(self, rendered: Any) -> File | None:
        try:
            return self._filed(as_picture(rendered))
        except ValueError as error:
            if not self._said:
                LOG.warning("a picture of the world is left out, as are others like it: %s", error)
            self._said = True
            return None

    @property
    def pictures(self) -> dict[int, list[File]]:
        """One per step, by episode, of those episodes that could be seen."""
        filled = {episode: _filled(taken) for episode, taken in self._taken.items()}
        return {episode: taken for episode, taken in filled.items() if taken}


def _rendered(venv: VecEnv) -> Any:
    return venv.get_images()[0]


def _filled(taken: list[File | None]) -> list[File]:
    """Return pictures with the one before, or the first, in the place of those that are missing; none if all are.

    >>> _filled([None, b"a", None, b"b"]), _filled([None])
    ([b'a', b'a', b'a', b'b'], [])
    """
    shown = next((picture for picture in taken if picture is not None), None)
    filled = []
    for picture in taken:
        shown = shown if picture is None else picture
        if shown is not None:
            filled.append(shown)
    return filled
