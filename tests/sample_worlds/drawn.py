"""Worlds that can be drawn in many ways, most of them wrong."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

LENGTH = 8
PICTURE = np.random.default_rng(0).integers(0, 256, (40, 30, 3)).astype(np.uint8)


class Plain(gymnasium.Env[Any, Any]):
    """An episode of 8 steps, a point each, of which nothing is to be seen."""

    observation_space = spaces.Box(-1.0, 1.0, (2,))
    action_space = spaces.Discrete(2)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        self.t = 0
        return self.np_random.uniform(-1.0, 1.0, 2).astype(np.float32), {}

    def step(self, action: Any) -> Any:
        self.t += 1
        return self.np_random.uniform(-1.0, 1.0, 2).astype(np.float32), 1.0, self.t == LENGTH, False, {}


class Drawn(Plain):
    """Shows one picture throughout."""

    metadata = {"render_modes": ["human", "rgb_array"], "render_fps": 4}
    made: list[str | None] = []
    """Render modes that it was made with."""

    def __init__(self, render_mode: str | None = None):
        self.render_mode = render_mode
        self.made.append(render_mode)

    def render(self) -> Any:
        return PICTURE


class ForPeople(Drawn):
    """As the template of Gymnasium's tutorial: it takes a render mode, but only that for people."""

    metadata = {"render_modes": ["human"], "render_fps": 4}

    def __init__(self, render_mode: str | None = None):
        assert render_mode is None or render_mode in self.metadata["render_modes"]
        super().__init__(render_mode)


class Undrawn(Plain):
    """Promises pictures, and has no ``render``."""

    metadata = {"render_modes": ["rgb_array"]}

    def __init__(self, render_mode: str | None = None):
        self.render_mode = render_mode


class Unasked(Plain):
    """Promises pictures, and takes no render mode."""

    metadata = {"render_modes": ["rgb_array"]}

    def render(self) -> Any:
        return PICTURE


class Raises(Drawn):
    def render(self) -> Any:
        raise gymnasium.error.DependencyNotInstalled("pygame is not installed")


class RaisesLater(Drawn):
    def render(self) -> Any:
        if self.t > 3:
            raise OSError("the display has gone")
        return PICTURE


class CannotBeMade(Drawn):
    """A picture needs a display already when it is made."""

    def __init__(self, render_mode: str | None = None):
        if render_mode:
            raise RuntimeError("no display")
        super().__init__()


class OfHundredths(Drawn):
    def render(self) -> Any:
        return PICTURE / 255.0


class OfFloats(Drawn):
    def render(self) -> Any:
        return PICTURE.astype(np.float64)


class OfLists(Drawn):
    def render(self) -> Any:
        return PICTURE.tolist()


class OfFrames(Drawn):
    def render(self) -> Any:
        return [PICTURE[:20], PICTURE]


class Grey(Drawn):
    def render(self) -> Any:
        return PICTURE[..., 0]


class Transparent(Drawn):
    def render(self) -> Any:
        return np.dstack([PICTURE, np.full(PICTURE.shape[:2], 255, np.uint8)])


class OfTwoSizes(Drawn):
    def render(self) -> Any:
        return PICTURE[: 20 + 20 * (self.t % 2)]


class OfNothing(Drawn):
    def render(self) -> Any:
        return None


class NowAndThen(Drawn):
    def render(self) -> Any:
        return PICTURE if self.t % 2 else None


class OfAnotherShape(Drawn):
    def render(self) -> Any:
        return np.zeros((5, 5, 2), np.uint8)


class OfNoNumbers(Drawn):
    def render(self) -> Any:
        return np.full((5, 5, 3), np.nan)


class OfWords(Drawn):
    def render(self) -> Any:
        return "a wall, a door"


class Strip(Drawn):
    """One pixel high."""

    def render(self) -> Any:
        return np.zeros((1, 900, 3), np.uint8)


SHOWN = (Drawn, OfHundredths, OfFloats, OfLists, OfFrames, Grey, Transparent, OfTwoSizes, NowAndThen, Strip)
"""Worlds of which an episode can be shown,"""
INVISIBLE = (Plain, ForPeople, Undrawn, Unasked)
"""those that nothing is asked of, because nothing can be shown,"""
BROKEN = (Raises, RaisesLater, CannotBeMade, OfNothing, OfAnotherShape, OfNoNumbers, OfWords)
"""and those of which it turns out that nothing can."""


def registered(world: Any) -> str:
    """Return the id of one of these worlds."""
    name = f"drawn/{world.__name__}-v0"
    if name not in gymnasium.registry:
        gymnasium.register(name, world)
    return name
