"""Tables that the kernel interprets, built once from the declarations of a world.

Sizes: L levels, E event senses, K kinds of things (0 is nothing, 1 is wall), I items, M things, S species of creatures,
C creatures, V the side of the view. What can be consumed counts on from the K kinds to the I items. Cells are numbered
row by row in a square padded with walls, so that no look-up needs a bounds check.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.actions import STEPS
from envs.engine.declarations import Changes, Item, Thing
from envs.engine.world import WALL, World

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

THERMOMETER_BITS = 16
"""Bits that show one body level in the observation."""


class Tables(NamedTuple):
    """Everything the kernel knows about a world that never changes."""

    agents: int
    """A: agents per world."""
    told: int
    """Row of the first sense that is neither a level nor an event."""
    size: int
    pad: int
    """Width of the wall around the square."""
    span: int
    """V."""
    horizon: int
    """Length at which an episode is truncated."""
    score: float
    thing_planes: int
    """Planes of the view in which walls and things are seen; they come first."""
    being_planes: int
    """Planes in which creatures, people, what shows on their faces, and other agents are seen."""
    ground: NDArray[np.int8]
    """``(cells,)``: the empty square in its wall."""
    row: Ints
    """``(cells,)``"""
    column: Ints
    """``(cells,)``"""
    stride: Ints
    """``(5,)``: cells walked by each action."""
    window: NDArray[np.int32]
    """``(V * V,)``: cells seen, relative to the agent's."""
    reach: NDArray[np.int8]
    """``(V * V,)``: their distance."""
    birth: Floats
    """``(2, L)``: least level at birth, and the range above it."""
    effort: Floats
    """``(3, L)``: change of the levels at a step of resting, moving, consuming."""
    lethal: NDArray[np.bool_]
    """``(L,)``"""
    toll_level: Ints
    toll_within: Floats
    """``(tolls, 2)``"""
    toll: Floats
    """``(tolls, L)``"""
    comfort_level: Ints
    """The levels that have a range of ease."""
    comfort_within: Floats
    """``(those, 2)``"""
    thing_kind: Ints
    """``(M,)``: inner walls first, then the things."""
    first_thing: Ints
    """``(K + 2,)``: the first thing of each kind; M from there on, as creatures count on from the things."""
    looks: NDArray[np.uint16]
    """``(K,)``: the planes in which each kind is seen, a bit each."""
    looks_apart: bool
    """Whether each kind has a plane of its own, in order."""
    edible: NDArray[np.bool_]
    """``(K,)``"""
    lasts: NDArray[np.bool_]
    """``(K,)``"""
    wanders: NDArray[np.bool_]
    """``(K,)``"""
    regrow: Ints
    """``(K, 2)``"""
    kin: Floats
    """``(K, most)``: chance to grow back for each number of its kind close by."""
    kin_known: Ints
    """``(K,)``: how many such numbers have a chance of their own; 0 where none matters."""
    vicinity: Ints
    """``(25,)``: cells that are close by, relative to a thing's."""
    consumed: Floats
    """``(K + I, L)``"""
    tastes: Floats
    """``(K + I, E)``"""
    tasted: Floats
    """``(K + I,)``: 1 unless only the hand has to do with it."""
    pays: Floats
    """``(K + I,)``: the world's own reward for consuming it."""
    stings: Floats
    """``(K + I,)``: pain on consuming it."""
    delay: Ints
    """``(K + I,)``: steps until it is tasted."""
    tone: Ints
    """``(K + I,)``: the word heard meanwhile, or -1."""
    handles: NDArray[np.bool_]
    """``(K,)``: whether consuming it is a work on the hand."""
    turns: NDArray[np.int8]
    """``(K, 1 + I)``: what the hand holds after it (0 is nothing, then the items), for what it held before."""
    around: Floats
    """``(K, L)``"""
    radius: Ints
    """``(K,)``: distance within which it does that."""
    radiant: Ints
    """The things that may do anything to whoever is near."""
    entered: Floats
    """``(K, L)``"""
    prick: Floats
    """``(K,)``: pain on walking onto it."""
    species: Ints
    """``(C,)``"""
    notice: Ints
    """``(S,)``"""
    gait: Floats
    """``(S, 2)``: chance to move when hunting or keeping away, and when wandering."""
    bite: Floats
    """``(S, L)``"""
    sting: Floats
    """``(S,)``: pain at a bite."""
    patience: Ints
    """``(S,)``"""
    cooldown: Ints
    """``(S,)``"""
    clearance: Ints
    """``(S,)``"""
    referent: Ints
    """``(words,)``: the kind that a word names, species of creatures counting on from the K kinds, or -1."""
    talk: Floats
    """``(2,)``: chance that a word is heard, chance that it is honest."""
    earshot: int


NOTHING = Thing("", 0, "")
"""What a free cell, or a wall, does to whoever consumes it or is near."""
KIN_DISTANCE = 2
"""Distance in cells within which a thing that grows back counts those of its kind."""


def build_tables(world: World) -> Tables:
    """Build the tables of a world."""
    parts = (_square, _body, _things, _kin, _radiance, _mouthfuls, _hands, _creatures, _words)
    return Tables(**{name: table for part in parts for name, table in part(world).items()})  # type: ignore[arg-type]


def _square(world: World) -> dict[str, object]:
    pad = _pad(world)
    side = world.size + 2 * pad
    ground = np.ones((side, side), np.int8)
    ground[pad:-pad, pad:-pad] = 0
    row, column = np.divmod(np.arange(side * side), side)
    y, x = np.divmod(np.arange(world.view**2), world.view) - np.array(world.view // 2)
    return {
        "agents": world.agents,
        "told": len(world.levels) + len(world.events),
        "size": world.size,
        "pad": pad,
        "span": world.view,
        "horizon": world.max_episode_steps,
        "score": world.score,
        "thing_planes": len(world.thing_planes),
        "being_planes": len(world.being_planes),
        "ground": ground.ravel(),
        "row": row,
        "column": column,
        "stride": np.array([rows * side + columns for rows, columns in STEPS]),
        "window": (y * side + x).astype(np.int32),
        "reach": np.maximum(abs(y), abs(x)).astype(np.int8),
    }


def _pad(world: World) -> int:
    """Return how wide the wall must be that no look from inside leads beyond it."""
    return max(world.view // 2, KIN_DISTANCE if any(thing.kin for thing in world.things) else 1)


def _body(world: World) -> dict[str, object]:
    levels = world.levels
    return {
        "birth": _floats([level.start[0] for level in levels], [level.start[1] - level.start[0] for level in levels]),
        "effort": _floats(
            [level.resting - level.drain for level in levels],
            [level.moving - level.drain for level in levels],
            [-level.drain for level in levels],
        ),
        "lethal": np.array([level.lethal for level in levels], np.bool_),
        "toll_level": np.array([_level_names(world).index(toll.level) for toll in world.tolls], np.int64),
        "toll_within": np.array([(toll.low, toll.high) for toll in world.tolls], np.float32).reshape(-1, 2),
        "toll": _changes([toll.changes for toll in world.tolls], _level_names(world)),
        "comfort_level": np.array([k for k, level in enumerate(levels) if level.comfort], np.int64),
        "comfort_within": np.array([level.comfort for level in levels if level.comfort], np.float32).reshape(-1, 2),
    }


def _things(world: World) -> dict[str, object]:
    things, levels = world.things, _level_names(world)
    counts = [0, world.walls, *(thing.count for thing in things)]
    inert: list[Changes] = [{}, {}]
    looks = _looks(world)
    return {
        "thing_kind": np.repeat(np.arange(len(counts)), counts),
        "first_thing": np.cumsum([0, *counts, 0]),
        "looks": looks,
        "looks_apart": np.array_equal(looks, [0, *(1 << plane for plane in range(len(world.thing_planes)))]),
        "edible": np.array([False, False, *(thing.edible for thing in things)]),
        "lasts": np.array([True, True, *(thing.lasts for thing in things)]),
        "wanders": np.array([False, False, *(thing.wanders for thing in things)]),
        "regrow": np.array([(0, 0), (0, 0), *(thing.regrow for thing in things)], np.int64),
        "entered": _changes(inert + [thing.entered for thing in things], levels),
        "prick": np.array([0.0, 0.0, *(thing.pain for thing in things)], np.float32),
    }


def _kin(world: World) -> dict[str, object]:
    chances = [(), (), *(thing.kin for thing in world.things)]
    most, row = max(map(len, chances)), 2 * _pad(world) + world.size
    near = np.arange(-KIN_DISTANCE, KIN_DISTANCE + 1)
    return {
        "kin": np.array([[*some, *[0.0] * (most - len(some))] for some in chances], np.float32),
        "kin_known": np.array([len(some) for some in chances], np.int64),
        "vicinity": (near[:, None] * row + near).ravel(),
    }


def _radiance(world: World) -> dict[str, object]:
    kinds = [NOTHING, NOTHING, *world.things]
    radiant = {thing.name for thing in world.things if thing.around}
    radiant |= {hidden for act in world.acts for hidden, thing in act.reveals.items() if thing in radiant}
    counts = [world.walls, *(thing.count for thing in world.things)]
    return {
        "around": _changes([kind.around for kind in kinds], _level_names(world)),
        "radius": np.array([kind.reach for kind in kinds], np.int64),
        "radiant": np.flatnonzero(np.repeat([kind.name in radiant for kind in kinds[1:]], counts)),
    }


def _mouthfuls(world: World) -> dict[str, object]:
    """Return what consuming does: nothing and wall, then the things, then the items."""
    words = world.vocabulary.words
    kinds = [NOTHING, NOTHING, *world.things, *(_to_eat(item) for item in world.items)]
    return {
        "consumed": _changes([kind.consumed for kind in kinds], _level_names(world)),
        "tastes": _changes([kind.tastes for kind in kinds], [sense.name for sense in world.events]),
        "tasted": np.array([not kind.handles or bool(kind.consumed or kind.tastes) for kind in kinds], np.float32),
        "pays": np.array([kind.score for kind in kinds], np.float32),
        "stings": np.array([kind.sting for kind in kinds], np.float32),
        "delay": np.array([kind.delay for kind in kinds], np.int64),
        "tone": np.array([words.index(kind.tone) if kind.tone else -1 for kind in kinds], np.int64),
    }


def _to_eat(item: Item) -> Thing:
    """Return a thing that does what eating the item does."""
    return Thing(item.name, 0, item.sprite, item.consumed, item.tastes, score=item.score, sting=item.pain)


def _hands(world: World) -> dict[str, object]:
    turns = [_turns(thing, world.items) for thing in world.things]
    nothing = [range(1 + len(world.items))] * 2
    return {
        "handles": np.array([False, False, *(thing.handles for thing in world.things)]),
        "turns": np.array([*nothing, *turns], np.int8),
    }


def _turns(thing: Thing, items: Sequence[Item]) -> list[int]:
    """Return what each content of the hand, nothing and then the items, becomes."""
    contents = ["", *(item.name for item in items)]
    after = {"": thing.gives, **{item: thing.spoils or item for item in contents[1:]}, **thing.turns}
    return [contents.index(after[content]) for content in contents]


def _creatures(world: World) -> dict[str, object]:
    kinds = world.creatures
    return {
        "species": np.repeat(np.arange(len(kinds)), [kind.count for kind in kinds]),
        "notice": np.array([kind.notice for kind in kinds], np.int64),
        "gait": np.array([(kind.speed, kind.wander) for kind in kinds], np.float32).reshape(-1, 2),
        "bite": _changes([kind.bite for kind in kinds], _level_names(world)),
        "sting": np.array([kind.pain for kind in kinds], np.float32),
        "patience": np.array([kind.patience for kind in kinds], np.int64),
        "cooldown": np.array([kind.cooldown for kind in kinds], np.int64),
        "clearance": np.array([kind.clearance for kind in kinds], np.int64),
    }


def _looks(world: World) -> NDArray[np.uint16]:
    """Return the planes of each kind, nothing and wall included, as bits."""
    bit = {plane: 1 << k for k, plane in enumerate(world.thing_planes)}
    return np.array([0, bit[WALL], *(sum({bit[plane] for plane in thing.planes}) for thing in world.things)], np.uint16)


def _words(world: World) -> dict[str, object]:
    heard = world.vocabulary
    names = [None, WALL, *(thing.name for thing in world.things), *(kind.name for kind in world.creatures)]
    return {
        "referent": np.array([names.index(word) if word in names else -1 for word in heard.words], np.int64),
        "talk": np.array([heard.chance if heard.words else 0.0, heard.honesty], np.float32),
        "earshot": heard.earshot,
    }


def _level_names(world: World) -> list[str]:
    return [level.name for level in world.levels]


def _floats(*rows: Sequence[float]) -> Floats:
    return np.array(rows, np.float32)


def _changes(rows: Sequence[Changes], names: Sequence[str]) -> Floats:
    """Write each row's changes into the columns of ``names``."""
    return np.array([[row.get(name, 0.0) for name in names] for row in rows], np.float32).reshape(len(rows), len(names))
