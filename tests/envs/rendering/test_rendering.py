"""Pictures of worlds: whatever matters in the state shows, and nothing else changes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest
from numpy.typing import NDArray

from dualbrain.errors import UserError
from envs.engine.declarations import Act, Creature, Item, Level, Person, Thing, Vocabulary
from envs.engine.society import AGENT, NOBODY, THING
from envs.engine.state import State
from envs.engine.world import World
from envs.rendering import picture
from envs.rendering.scene import Scene
from envs.sprites import CELL
from envs.vector import VectorWorld
from tests.envs.cases import CASES
from tests.envs.engine.tiny import meadow

Frame = NDArray[np.uint8]


def village(**fields: Any) -> World:
    """Declare a world with some of everything, all of it in view."""
    parts: dict[str, Any] = {
        "things": (
            Thing("food", 2, "bush", {"energy": 0.1}),
            Thing("lever", 1, "salt lever", delay=3, tastes={"ate": 1}),
        ),
        "people": (Person("friend", 1, "friend", watches="agent"),),
        "creatures": (Creature("spider", 1, "spider", clearance=0),),
        "items": (Item("bean", "raw bean"),),
        "acts": (Act("greet", says="hello"), Act("zap", stuns=2)),
        "vocabulary": Vocabulary(("hello", "food"), chance=0.0),
        "size": 7,
        "view": 15,
        "theme": "village",
    }
    return meadow(**{**parts, **fields})


def born(world: World, seed: int = 1) -> VectorWorld:
    batch = VectorWorld(world, world.agents, "rgb_array")
    batch.reset(seed=seed)
    return batch


def frame(batch: VectorWorld, *actions: int) -> Frame:
    done = np.array(actions, np.int64) if actions else None
    return picture(batch.world, batch.tables, batch.state, 0, done)


@pytest.mark.parametrize(("world", "options"), CASES)
def test_every_world_can_be_drawn_and_again_the_same(world: str, options: dict[str, Any]):
    first, second = life(world, options), life(world, options)
    assert np.array_equal(first, second)
    assert len({picture.tobytes() for picture in first}) > 1


def life(world: str, options: dict[str, Any]) -> Frame:
    """Return pictures of a few random steps, ``(T, H, W, 3)``."""
    env = gymnasium.make(world, render_mode="rgb_array", **options)
    env.reset(seed=5)
    random, frames = np.random.default_rng(0), []
    for _ in range(8):
        frames.append(np.asarray(env.render()))
        env.step(random.integers(env.action_space.n))  # type: ignore[attr-defined]
    side = (env.unwrapped.batch.world.size + 2) * CELL  # type: ignore[attr-defined]
    assert frames[0].shape[1:] == (side, 3)
    assert frames[0].shape[0] >= side
    return np.array(frames)


def _set(field: str, value: Any) -> Callable[[State], None]:
    def change(state: State) -> None:
        getattr(state, field)[0] = value

    return change


def _person(**values: Any) -> Callable[[State], None]:
    def change(state: State) -> None:
        for name, value in values.items():
            state.society.person[0, 0][name] = value

    return change


def _wait(state: State) -> None:
    state.delay[0], state.stomach[0] = 2, 3


SIGHTS = {
    "facing": _set("facing", 2),
    "level": _set("levels", 0.9),
    "weary": _set("levels", 0.1),
    "hand": _set("hand", 1),
    "heard": _set("heard", 1),
    "consumed": _set("due", 10),
    "cue": _wait,
    "smile": _person(mood=0.9),
    "frown": _person(mood=-0.9),
    "pain": _person(ache=3),
    "gaze": _person(eyes=THING, target=0),
}


@pytest.mark.parametrize("sight", SIGHTS)
def test_the_picture_tells(sight: str):
    batch = born(village())
    _person(eyes=NOBODY, mood=0.0)(batch.state)
    before = frame(batch)
    SIGHTS[sight](batch.state)
    assert not np.array_equal(frame(batch), before)
    assert np.array_equal(frame(batch), frame(batch))


def test_eyes_follow_whom_they_watch():
    batch = born(village())
    _person(eyes=AGENT, target=0)(batch.state)
    state, seen = batch.state, set()
    free = np.flatnonzero(state.grid[0] == 0)
    for cell in (free[0], free[-1]):
        state.agent[0] = cell
        x, y = Scene(batch.world, batch.tables, state, 0).corner(state.society.person[0, 0]["cell"])
        seen.add(frame(batch)[y : y + CELL, x : x + CELL].tobytes())
    assert len(seen) == 2


def test_what_was_said_and_done_shows_for_that_step_only():
    batch = born(village())
    batch.state.clock[0] = 1
    quiet = frame(batch, 0)
    assert np.array_equal(quiet, frame(batch))
    said, done = frame(batch, 6), frame(batch, 7)
    assert not np.array_equal(said, quiet)
    assert not np.array_equal(done, quiet)
    assert not np.array_equal(done, said)


def test_nothing_was_done_before_the_first_step():
    batch = born(village())
    assert np.array_equal(frame(batch, 6), frame(batch))


def test_a_world_without_levels_has_no_panel():
    batch = born(village(levels=(), things=(), creatures=(), items=()))
    assert frame(batch).shape == (9 * CELL, 9 * CELL, 3)
    taller = frame(born(village()))
    assert taller.shape[0] > taller.shape[1] == 9 * CELL
    assert taller.dtype == np.uint8


def test_many_levels_take_more_lines():
    heights = []
    for count in (1, 9):
        levels = tuple(Level(f"need {k}", (0.5, 0.5)) for k in range(count))
        heights.append(frame(born(meadow(levels=levels, events=()))).shape[0])
    assert heights[0] < heights[1]


def test_only_the_view_of_the_first_living_agent_is_bright():
    batch = born(meadow(size=12, agents=2))
    state, tables = batch.state, batch.tables
    corners = np.flatnonzero(tables.ground == 0)[[0, -1]]
    state.agent[:] = corners
    near, far = np.s_[2 * CELL : 3 * CELL, 2 * CELL : 3 * CELL], np.s_[11 * CELL : 12 * CELL, 11 * CELL : 12 * CELL]
    first = frame(batch)
    state.alive[0], state.agent[0] = False, -1
    second = frame(batch)
    assert first[near].mean() > second[near].mean() + 20
    assert second[far].mean() > first[far].mean() + 20


def test_the_dead_are_gone():
    batch = born(meadow(size=9, agents=3))
    state = batch.state
    alive = frame(batch)
    state.alive[2], state.agent[2] = False, -1
    dead = frame(batch)
    assert not np.array_equal(alive, dead)
    state.facing[2], state.levels[2] = 1, 0.9
    assert np.array_equal(frame(batch), dead)
    state.alive[:], state.agent[:] = False, -1
    frame(batch)


def test_those_who_share_a_cell_are_all_seen():
    batch = born(meadow(size=9, agents=3))
    batch.state.agent[:] = batch.state.agent[0]
    together = frame(batch)
    batch.state.facing[2] = 1
    assert not np.array_equal(frame(batch), together)


@pytest.mark.parametrize(
    ("mistake", "line"),
    [
        ({"theme": "vilage"}, "unknown theme 'vilage' (of world Meadow): did you mean 'village'?"),
        (
            {"things": (Thing("food", 1, "bsh"),)},
            "unknown sprite 'bsh' (of food in world Meadow): did you mean 'bush'?",
        ),
        (
            {"people": (Person("ann", 1, "frend"),)},
            "unknown sprite 'frend' (of ann in world Meadow): did you mean 'friend'",
        ),
        (
            {"items": (Item("nut", "rawnut"),)},
            "unknown sprite 'rawnut' (of nut in world Meadow): did you mean 'raw nut'",
        ),
    ],
)
def test_unknown_looks_are_refused_when_first_drawn(mistake: dict[str, Any], line: str):
    batch = born(village(**mistake))
    with pytest.raises(UserError) as refusal:
        batch.render()
    assert str(refusal.value).startswith(line)
    assert "\n" not in str(refusal.value)
