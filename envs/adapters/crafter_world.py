"""Crafter (Hafner, 2022, ICLR) for Gymnasium: death is no time limit, and the same seed gives the same life."""

from __future__ import annotations

from typing import Any

import crafter
import gymnasium
import numpy as np
from crafter import constants
from gymnasium import spaces
from numpy.typing import NDArray

from dualbrain.errors import unknown

GRID = (9, 7)
"""Cells in view, across and down; the agent stands in the middle."""
KINDS = len(constants.materials) + 1 + 6
"""What a cell may show: nothing, a material, or one of six kinds of objects, the agent included."""
DIRECTIONS = ((-1, 0), (1, 0), (0, -1), (0, 1))
CELLS = [(x, y) for x in range(GRID[0]) for y in range(GRID[1]) if (x, y) != (GRID[0] // 2, GRID[1] // 2)]
OFFSETS = np.array(CELLS) - np.array(GRID) // 2
BY_DISTANCE = np.argsort(np.abs(OFFSETS).sum(axis=1), kind="stable")
"""Cells in view but the agent's own, from the nearest on."""
BODY = len(constants.items) + len(DIRECTIONS) + 2
VIEWS: dict[str, spaces.Box] = {
    "image": spaces.Box(0, 255, (64, 64, 3), np.uint8),
    "symbols": spaces.Box(0.0, 1.0, (int(np.prod(GRID)) * KINDS + BODY,), np.float32),
    "nearest": spaces.Box(-1.0, 1.0, (4 * KINDS + BODY,), np.float32),
}


class _Ordered(crafter.Env):  # type: ignore[misc]
    """Crafter with creatures ordered by their position: it keeps them in sets, whose order differs from run to run."""

    view = "image"

    def _balance_chunk(self, chunk: Any, objs: Any) -> None:
        super()._balance_chunk(chunk, sorted(objs, key=lambda thing: tuple(thing.pos)))

    def _obs(self) -> NDArray[Any]:
        return super()._obs() if self.view == "image" else np.concatenate([LOOKS[self.view](self), _body(self)])


class CrafterEnv(gymnasium.Env[NDArray[Any], np.int64]):
    """Crafter under its usual rules; ``reward=False`` pays nothing, ``length`` is the time limit in steps.

    With ``view="image"`` the observation is Crafter's own picture ``(64, 64, 3)``. The other two are vectors made of
    the same local view of 9 by 7 cells, for which nothing is drawn: ``"symbols"`` holds what every cell shows, one-hot;
    ``"nearest"`` what is ahead, and of each kind of thing whether it is in view and the way to the nearest one. Both
    add the body: inventory in ninths, where the agent faces, whether it sleeps, and daylight. They tell more than the
    picture in one respect (night and sleep darken nothing) and less in another (whether a plant is ripe).

    Raises `UserError` for an unknown view.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}

    def __init__(self, reward: bool = True, length: int = 10_000, view: str = "image", render_mode: str | None = None):
        if view not in VIEWS:
            raise unknown("view", view, VIEWS)
        self.render_mode = render_mode
        self.observation_space = VIEWS[view]
        self.action_space = spaces.Discrete(len(constants.actions))
        self._game = _Ordered(reward=reward, length=length, seed=0)
        self._game.view = view

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """Begin in a new world."""
        super().reset(seed=seed, options=options)
        self._game._seed, self._game._episode = int(self.np_random.integers(2**31)), 0
        obs = self._game.reset()
        return obs, self._told({})

    def step(self, action: np.int64) -> tuple[NDArray[Any], float, bool, bool, dict[str, Any]]:
        """Step; ``terminated`` is death, ``truncated`` the time limit."""
        obs, reward, done, info = self._game.step(int(action))
        dead = info["discount"] == 0.0
        return obs, float(reward), dead, bool(done) and not dead, self._told(info)

    def _told(self, info: dict[str, Any]) -> dict[str, Any]:
        player = self._game._player
        state = {"inventory": player.inventory.copy(), "achievements": player.achievements.copy()}
        body = {"player_pos": player.pos.copy(), "sleeping": bool(player.sleeping)}
        return {**info, **state, **body, "daylight": float(self._game._world.daylight), "threat": self._threat()}

    def _threat(self) -> int:
        """Return the distance in cells (across plus down) of the nearest zombie, skeleton or arrow; 99 for none."""
        player, kinds = self._game._player, (crafter.objects.Zombie, crafter.objects.Skeleton, crafter.objects.Arrow)
        things = [thing for thing in self._game._world.objects if isinstance(thing, kinds)]
        return min((int(player.distance(thing)) for thing in things), default=99)

    def render(self) -> NDArray[np.uint8] | None:
        """Return a picture; to look changes nothing, though the night's noise is drawn from the world's own stream."""
        if self.render_mode is None:
            return None
        random = self._game._world.random
        state = random.get_state()
        picture: NDArray[np.uint8] = self._game.render((576, 576))
        random.set_state(state)
        return picture


def _in_view(game: Any) -> NDArray[np.uint8]:
    """Return what each cell in view shows ``(9, 7)``, as a number below `KINDS`."""
    (x, y), (across, down) = game._player.pos, GRID
    seen: NDArray[np.uint8] = np.pad(game._sem_view(), ((across // 2,) * 2, (down // 2,) * 2))
    return seen[x : x + across, y : y + down]


def _symbols(game: Any) -> NDArray[np.float32]:
    """Return what each cell shows, one-hot."""
    return np.eye(KINDS, dtype=np.float32)[_in_view(game)].ravel()


def _nearest(game: Any) -> NDArray[np.float32]:
    """Return what is ahead, one-hot, and for each kind whether it is in view and where the nearest one lies."""
    seen = _in_view(game)
    ahead = np.eye(KINDS, dtype=np.float32)[seen[tuple(np.array(GRID) // 2 + game._player.facing)]]
    kinds, where = seen[tuple(np.array(CELLS)[BY_DISTANCE].T)], OFFSETS[BY_DISTANCE] / np.array(GRID) * 2.0
    nearest = np.zeros((KINDS, 3), np.float32)
    nearest[kinds[::-1], 0] = 1.0
    nearest[kinds[::-1], 1:] = where[::-1]  # of several the last one written stays: the nearest
    return np.concatenate([ahead, nearest.ravel()])


def _body(game: Any) -> NDArray[np.float32]:
    """Return the inventory in ninths, where the agent faces, whether it sleeps, and daylight."""
    player = game._player
    items = np.array(list(player.inventory.values()), np.float32) / 9.0
    facing = [tuple(player.facing) == direction for direction in DIRECTIONS]
    return np.concatenate([items, np.array([*facing, player.sleeping, game._world.daylight], np.float32)])


LOOKS = {"symbols": _symbols, "nearest": _nearest}


for _id, _reward in (("CrafterReward-v1", True), ("CrafterNoReward-v1", False)):
    gymnasium.register(_id, "envs.adapters.crafter_world:CrafterEnv", kwargs={"reward": _reward})
