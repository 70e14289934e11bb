"""Environments of every kind that people bring: odd spaces, rewards, infos, endings and pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.spaces import Box, Dict, Discrete, Graph, MultiBinary, MultiDiscrete, Sequence, Text, Tuple

VECTOR = Box(-1.0, 1.0, (3,), np.float32)
PICTURE = np.full((24, 24, 3), 90, np.uint8)


class Plain(gymnasium.Env[Any, Any]):
    """Eight steps of random observations, 1 a step; every other environment here changes one thing of it."""

    observation_space: spaces.Space[Any] = VECTOR
    action_space: spaces.Space[Any] = Discrete(2)
    length: ClassVar[int] = 8

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, Any]:
        super().reset(seed=seed)
        if seed is not None:
            self.observation_space.seed(seed)
        self.t = 0
        return self.observe(), self.inform()

    def step(self, action: Any) -> tuple[Any, Any, Any, Any, Any]:
        assert self.action_space.contains(action), f"{action!r} is no action of {self.action_space}"
        self.t += 1
        return self.observe(), self.pay(), *self.end(), self.inform()

    def observe(self) -> Any:
        return self.observation_space.sample()

    def pay(self) -> Any:
        return 1.0

    def end(self) -> tuple[Any, Any]:
        return self.t >= self.length, False

    def inform(self) -> Any:
        return {}


@dataclass(frozen=True)
class Kind:
    """One kind of environment, and what is to come of it."""

    name: str
    make: Callable[..., gymnasium.Env[Any, Any]]
    refused: str = ""
    """What the one line of the refusal says, a regular expression; empty where everything works."""


def seeing(space: spaces.Space[Any]) -> type[Plain]:
    """Return an environment with another observation space."""
    return type("Seeing", (Plain,), {"observation_space": space})


def acting(space: spaces.Space[Any]) -> type[Plain]:
    """Return an environment with another action space."""
    return type("Acting", (Plain,), {"action_space": space})


def paying(pay: Callable[[Any], Any]) -> type[Plain]:
    """Return an environment with another reward."""
    return type("Paying", (Plain,), {"pay": pay})


def ending(end: Callable[[Any], Any], length: int = 8) -> type[Plain]:
    """Return an environment whose episodes end in another way."""
    return type("Ending", (Plain,), {"end": end, "length": length})


def informing(inform: Callable[[Any], Any], **declared: Any) -> type[Plain]:
    """Return an environment with other infos."""
    return type("Informing", (Plain,), {"inform": inform, **declared})


class Drawn(Plain):
    """An environment that says it can be drawn."""

    metadata: dict[str, Any] = {"render_modes": ["rgb_array", "human"], "render_fps": 10}

    def __init__(self, render_mode: str | None = None):
        self.render_mode = render_mode

    def render(self) -> Any:
        return self.draw()

    def draw(self) -> Any:
        return PICTURE


class OnlyForHumans(Plain):
    """The template of Gymnasium's tutorial."""

    metadata: dict[str, Any] = {"render_modes": ["human"], "render_fps": 4}

    def __init__(self, render_mode: str | None = None):
        assert render_mode is None or render_mode in self.metadata["render_modes"]
        self.render_mode = render_mode


class Undrawn(Drawn):
    """It promises pictures, and has no method for them."""

    render: Any = None


class NeedsALibrary(Drawn):
    """Its pictures need a package that is not there."""

    def draw(self) -> Any:
        raise gymnasium.error.DependencyNotInstalled("pygame is not installed")


def drawing(draw: Callable[[Any], Any]) -> type[Drawn]:
    """Return an environment whose pictures are odd."""
    return type("Drawing", (Drawn,), {"draw": draw})


class Wild(Plain):
    """It observes what its space does not contain."""

    def observe(self) -> Any:
        return np.full(3, 7.5, np.float64)


def _now_and_then(value: Any) -> Callable[[Any], Any]:
    return lambda env: value if env.t == 3 else 1.0


def _blind(env: Any) -> Any:
    return np.array([0.0, np.nan, 0.0], np.float32) if env.t == 3 else np.zeros(3, np.float32)


OBSERVATIONS = [
    Kind("a vector", Plain),
    Kind("float64", seeing(Box(-1.0, 1.0, (3,), np.float64))),
    Kind("float16", seeing(Box(-1.0, 1.0, (3,), np.float16))),
    Kind("unbounded", seeing(Box(-np.inf, np.inf, (3,), np.float32))),
    Kind("a single number", seeing(Box(-1.0, 1.0, (), np.float32))),
    Kind("a matrix", seeing(Box(-1.0, 1.0, (3, 4), np.float32))),
    Kind("whole numbers", seeing(Box(-5, 5, (3,), np.int64))),
    Kind("bytes", seeing(Box(0, 255, (6,), np.uint8))),
    Kind("a picture", seeing(Box(0, 255, (40, 40, 3), np.uint8))),
    Kind("a picture, channels first", seeing(Box(0, 255, (3, 40, 40), np.uint8))),
    Kind("a small picture", seeing(Box(0, 255, (7, 7, 3), np.uint8))),
    Kind("a picture of floats", seeing(Box(0.0, 1.0, (16, 16, 3), np.float32))),
    Kind("a number of few", seeing(Discrete(4))),
    Kind("a number of few that begin at 5", seeing(Discrete(4, start=5))),
    Kind("several numbers of few", seeing(MultiDiscrete([3, 2]))),
    Kind("a table of numbers of few", seeing(MultiDiscrete(np.array([[3, 2], [2, 2]])))),
    Kind("bits", seeing(MultiBinary(4))),
    Kind("a table of bits", seeing(MultiBinary([2, 3]))),
    Kind("parts", seeing(Dict(body=VECTOR, mood=Discrete(3)))),
    Kind("parts with words", seeing(Dict(body=VECTOR, mission=Text(12)))),
    Kind("parts with a picture", seeing(Dict(body=VECTOR, view=Box(0, 255, (40, 40, 3), np.uint8)))),
    Kind("parts of parts", seeing(Dict(joints=Dict(pos=VECTOR, vel=VECTOR), goal=VECTOR))),
    Kind("parts of tuples", seeing(Dict(both=Tuple([VECTOR, Discrete(3)]), goal=VECTOR))),
    Kind("a tuple", seeing(Tuple([VECTOR, Discrete(3)]))),
    Kind("a tuple of tuples", seeing(Tuple([Tuple([VECTOR, VECTOR]), Discrete(3)]))),
    Kind("a sequence", seeing(Sequence(VECTOR)), "Sequence"),
    Kind("a graph", seeing(Graph(VECTOR, None)), "Graph"),
    Kind("words alone", seeing(Text(12)), "Text"),
    Kind("parts that are all words", seeing(Dict(mission=Text(12))), "Text|mission"),
    Kind("outside of its space", Wild),
    Kind("NaN", type("Blind", (Plain,), {"observe": _blind}), "(?i)environment 0.*nan|nan.*environment 0"),
]

ACTIONS = [
    Kind("act: few that begin at -1", acting(Discrete(3, start=-1))),
    Kind("act: several of few", acting(MultiDiscrete([3, 2]))),
    Kind("act: bits", acting(MultiBinary(3))),
    Kind("act: a vector", acting(Box(-2.0, 2.0, (2,), np.float32))),
    Kind("act: a matrix", acting(Box(-1.0, 1.0, (2, 2), np.float32))),
    Kind("act: unbounded", acting(Box(-np.inf, np.inf, (2,), np.float32)), "(?i)finite|bound"),
    Kind("act: parts", acting(Dict(a=Discrete(2))), "Dict"),
    Kind("act: a tuple", acting(Tuple([Discrete(2), Discrete(2)])), "Tuple"),
]

REWARDS = [
    Kind("paid in whole numbers", paying(lambda _: 1)),
    Kind("paid true or false", paying(lambda _: True)),
    Kind("paid in float32", paying(lambda _: np.float32(1.0))),
    Kind("paid in an array of no dimension", paying(lambda _: np.array(1.0))),
    Kind("paid in an array of one", paying(lambda _: np.array([1.0])), "(?i)reward"),
    Kind("paid in a vector", paying(lambda _: np.array([1.0, -1.0])), "(?i)reward"),
    Kind("paid in words", paying(lambda _: "much"), "(?i)reward"),
    Kind("not paid at all", paying(lambda _: None), "(?i)reward"),
    Kind("paid NaN once", paying(_now_and_then(np.nan)), "(?i)reward.*nan"),
    Kind("paid infinitely once", paying(_now_and_then(np.inf)), "(?i)inf"),
    Kind("paid 1e30 once", paying(_now_and_then(1e30)), "1e\\+?30|finite"),
]

ENDINGS = [
    Kind("done in NumPy's", ending(lambda env: (np.bool_(env.t >= 8), np.bool_(False)))),
    Kind("done in whole numbers", ending(lambda env: (int(env.t >= 8), 0))),
    Kind("terminated and truncated", ending(lambda env: (env.t >= 8, env.t >= 8))),
    Kind("truncated", ending(lambda env: (False, env.t >= 8))),
    Kind("episodes of one step", ending(lambda _: (True, False))),
    Kind("episodes without end", ending(lambda _: (False, False))),
]

INFOS = [
    Kind("infos that change", informing(lambda env: {"seen": env.t} if env.t % 2 else {"hit": None})),
    Kind("infos of arrays", informing(lambda _: {"where": np.zeros(2), "deep": {"a": [1, 2]}})),
    Kind("infos with Stable-Baselines3's names", informing(lambda _: {"TimeLimit.truncated": "no", "is_success": 1})),
    Kind("senses that nobody reads, a list", informing(lambda _: {"senses": [1.0]}, senses=["hit"])),
    Kind("senses that nobody reads, now and then", informing(lambda env: {"senses": {"x": 1.0} if env.t % 2 else {}})),
]

PICTURES = [
    Kind("drawn", Drawn),
    Kind("drawn for humans only", OnlyForHumans),
    Kind("drawn by no method", Undrawn),
    Kind("drawing raises", NeedsALibrary),
    Kind("drawn as None", drawing(lambda _: None)),
    Kind("drawn in floats", drawing(lambda _: PICTURE / np.float64(255.0))),
    Kind("drawn as a list of frames", drawing(lambda _: [PICTURE, PICTURE])),
    Kind("drawn as lists", drawing(lambda _: PICTURE.tolist())),
    Kind("drawn in grey", drawing(lambda _: PICTURE[..., 0])),
    Kind("drawn with a fourth channel", drawing(lambda _: np.dstack([PICTURE, PICTURE[..., :1]]))),
    Kind("drawn in changing sizes", drawing(lambda env: PICTURE[: 10 + env.t])),
    Kind("drawn as text", drawing(lambda _: "@..#")),
]

WRAPPED = [
    Kind("a time limit", lambda **_: gymnasium.wrappers.TimeLimit(Plain(), 5)),
    Kind("normalised observations", lambda **_: gymnasium.wrappers.NormalizeObservation(Plain())),
    Kind("normalised rewards", lambda **_: gymnasium.wrappers.NormalizeReward(Plain())),
    Kind("stacked frames", lambda **_: gymnasium.wrappers.FrameStackObservation(Plain(), 4)),
    Kind("flattened", lambda **_: gymnasium.wrappers.FlattenObservation(seeing(Tuple([VECTOR, Discrete(3)]))())),
    Kind("recorded statistics", lambda **_: gymnasium.wrappers.RecordEpisodeStatistics(Plain())),
    Kind("clipped and scaled actions", lambda **_: _scaled()),
]


def _scaled() -> gymnasium.Env[Any, Any]:
    return gymnasium.wrappers.RescaleAction(acting(Box(-2.0, 2.0, (2,), np.float32))(), np.float32(-1), np.float32(1))


KINDS = [*OBSERVATIONS, *ACTIONS, *REWARDS, *ENDINGS, *INFOS, *PICTURES, *WRAPPED]


def env_id(kind: Kind) -> str:
    """Return the id under which `register` makes a kind known."""
    return f"Kind{KINDS.index(kind)}-v0"


def register() -> None:
    """Register all kinds with Gymnasium, as somebody's package would."""
    for kind in KINDS:
        gymnasium.register(env_id(kind), partial(_made, kind), disable_env_checker=True)


def _made(kind: Kind, render_mode: str | None = None) -> gymnasium.Env[Any, Any]:
    return kind.make(render_mode=render_mode) if kind in PICTURES else kind.make()
