"""Tables that the kernel interprets, built once from the declarations of a world.

Sizes: L levels, E event senses, K kinds of things (0 is nothing, 1 is wall), I items, M things, S species of creatures,
C creatures, V the side of the view. What can be consumed counts on from the K kinds to the I items. Cells are numbered
row by row in a square padded with walls, so that no look-up needs a bounds check.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.engine.actions import STEPS
from envs.engine.declarations import Changes, Creature, Item, Thing
from envs.engine.society import THING_KINDS, Acts, People, acts_of, has_society, people_of
from envs.engine.strips import STRIP
from envs.engine.world import FLOOR, MARKED, START, WALL, WALLED, World

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Records = NDArray[np.void]

THERMOMETER_BITS = 16
"""Bits that show one body level in the observation."""


# Records keep the number of tables small, on which the time to compile depends.
BOUNDS = np.dtype([("level", np.int32), ("low", np.float32), ("high", np.float32)], align=True)
"""A range of a level."""
KIND = np.dtype(
    [
        *((name, np.bool_) for name in ("edible", "lasts", "wanders", "handles")),
        ("prick", np.float32),
        *((name, np.int32) for name in ("soonest", "latest", "kin_known", "radius")),
    ],
    align=True,
)
"""A kind of thing. ``prick``: pain on walking onto it;
``soonest``, ``latest``: when it grows back; ``kin_known``: length of its row of ``kin``, 0 if it always does;
``radius``: distance within which it does what it does around; the rest as in `Thing`."""
MOUTHFUL = np.dtype(
    [
        *((name, np.float32) for name in ("tasted", "stings", "pays")),
        ("delay", np.int32),
        ("tone", np.int32),
        ("ends", np.bool_),
    ],
    align=True,
)
"""What can be consumed. ``tasted``: 1 unless only the hand has to do with it; ``stings``: pain on tasting it;
``pays``: the world's own reward; ``delay``: steps until it is tasted; ``tone``: the word heard meanwhile, or -1;
``ends``: whether its taste ends the episode."""


class Tables(NamedTuple):
    """The constants of a world that the kernel reads."""

    agents: int
    """A: agents per world."""
    first_sense: int
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
    """``(cells,)``: the empty square in its wall, and so much more wall that a strip can be copied from any cell."""
    starts: Ints
    """The cells on which agents begin; all that are free where there are none."""
    marked: Ints
    """The cells on which the first things lie."""
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
    level_effects: Records
    """``(level_effects,)`` of `BOUNDS`"""
    effect_changes: Floats
    """``(level_effects, L)``"""
    comforts: Records
    """``(levels that have a range of comfort_share,)`` of `BOUNDS`"""
    thing_kind: Ints
    """``(M,)``: inner walls first, then the things."""
    first_thing: Ints
    """``(K + 2,)``: the first thing of each kind; M from there on, as creatures count on from the things."""
    first_seen: Ints
    """``(thing_planes + 1,)``: where the kinds seen in each plane begin in ``seen_as``."""
    seen_as: NDArray[np.int8]
    """The kinds seen in each plane; `NEVER_SEEN` in one in which none is."""
    kinds: Records
    """``(K,)`` of `KIND`"""
    kin: Floats
    """``(K, most)``: chance to grow back for each number of its kind close by."""
    mouthfuls: Records
    """``(K + I,)`` of `MOUTHFUL`"""
    consumed: Floats
    """``(K + I, L)``"""
    tastes: Floats
    """``(K + I, E)``"""
    turns: NDArray[np.int8]
    """``(K, 1 + I)``: what the hand holds after it (0 is nothing, then the items), for what it held before."""
    around: Floats
    """``(K, L)``"""
    radiant: Ints
    """The things that may do anything to an agent near them."""
    entered: Floats
    """``(K, L)``"""
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
    """``(words,)``: the kind that a word names, species of creatures counting on from the K kinds, or -1 where nothing
    of it is there."""
    talk: Floats
    """``(3,)``: chance that a word is heard, chance that it is honest, whether there is idle talk."""
    earshot: int
    lingers: int
    """Steps for which a word is heard."""
    unseen_only: bool
    yoked: bool
    cued: int
    """The thing whose place is heard as an episode begins, or -1."""
    cues: Ints
    """``(marked cells,)``: the word for each, if a thing is cued."""
    people: People
    """None in worlds without people, other agents or acts, and so are the acts: see `envs.engine.kernel`."""
    acts: Acts


NOTHING = Thing("", 0, "")
"""What a free cell, or a wall, does to an agent that consumes it or is near."""
NEVER_SEEN = -1
"""A kind that nothing is of."""
KIN_DISTANCE = 2
"""Distance in cells within which a thing that grows back counts those of its kind."""


def build_tables(world: World) -> Tables:
    """Build the tables of a world."""
    parts = (_square, _body, _things, _looks, _mouthfuls, _hands, _creatures, _words, _society)
    return Tables(**{name: table for part in parts for name, table in part(world).items()})  # type: ignore[arg-type]


def _square(world: World) -> dict[str, object]:
    pad = _pad(world)
    side = world.size + 2 * pad
    plan = np.array([[*row] for row in world.plan or (FLOOR * world.size,) * world.size])
    square = np.pad(plan, pad, constant_values=WALLED)
    ground = np.append(square == WALLED, np.ones(STRIP)).astype(np.int8)
    row, column = np.divmod(np.arange(ground.size), side)
    y, x = np.divmod(np.arange(world.view**2), world.view) - np.array(world.view // 2)
    return {
        "agents": world.agents,
        "first_sense": len(world.levels) + len(world.events),
        "size": world.size,
        "pad": pad,
        "span": world.view,
        "horizon": world.max_episode_steps,
        "score": world.score,
        "thing_planes": len(world.thing_planes),
        "being_planes": len(world.being_planes),
        "ground": ground,
        "starts": np.flatnonzero(square == START),
        "marked": np.flatnonzero(square == MARKED),
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
    levels, names = world.levels, _level_names(world)
    return {
        "birth": _floats([level.start[0] for level in levels], [level.start[1] - level.start[0] for level in levels]),
        "effort": _floats(
            [level.resting - level.drain for level in levels],
            [level.moving - level.drain for level in levels],
            [-level.drain for level in levels],
        ),
        "lethal": np.array([level.lethal for level in levels], np.bool_),
        "level_effects": np.array(
            [(names.index(effect.level), effect.low, effect.high) for effect in world.level_effects], BOUNDS
        ),
        "effect_changes": _changes([effect.changes for effect in world.level_effects], names),
        "comforts": np.array([(k, *level.comfort) for k, level in enumerate(levels) if level.comfort], BOUNDS),
    }


def _things(world: World) -> dict[str, object]:
    things = [NOTHING, replace(NOTHING, count=world.walls, looks=(WALL,)), *world.things]
    counts = [thing.count for thing in things]
    return {
        "thing_kind": np.repeat(np.arange(len(counts)), counts),
        "first_thing": np.cumsum([0, *counts, 0]),
        "kinds": np.array([_kind(thing) for thing in things], KIND),
        "kin": _padded([thing.kin for thing in things]),
        "entered": _changes([thing.entered for thing in things], _level_names(world)),
        "around": _changes([thing.around for thing in things], _level_names(world)),
        "radiant": np.flatnonzero(np.repeat([thing.name in _radiant(world) for thing in things], counts)),
    }


def _kind(thing: Thing) -> tuple[bool | float, ...]:
    traits = (thing.edible, thing.lasts, thing.wanders, thing.handles, thing.pain)
    return (*traits, *thing.regrow, len(thing.kin), thing.reach)


def _looks(world: World) -> dict[str, object]:
    revealed = {thing for act in world.acts for thing in act.reveals.values()}
    there: list[tuple[int, tuple[str, ...]]] = [(THING_KINDS - 1, (WALL,))]
    for kind, thing in enumerate(world.things, THING_KINDS):
        there += [(kind, thing.planes)] if thing.count or thing.name in revealed else []
    seen = [[kind for kind, planes in there if plane in planes] or [NEVER_SEEN] for plane in world.thing_planes]
    return {
        "first_seen": np.cumsum([0, *map(len, seen)]),
        "seen_as": np.concatenate(seen, dtype=np.int8, casting="unsafe"),
    }


def _radiant(world: World) -> set[str]:
    """Return the things that do anything to an agent near them, or would if they were revealed."""
    radiant = {thing.name for thing in world.things if thing.around}
    return radiant | {hidden for act in world.acts for hidden, thing in act.reveals.items() if thing in radiant}


def _mouthfuls(world: World) -> dict[str, object]:
    """Return what consuming does: nothing and wall, then the things, then the items."""
    words = world.vocabulary.words
    kinds = [NOTHING, NOTHING, *world.things, *(_to_eat(item) for item in world.items)]
    return {
        "mouthfuls": np.array([_mouthful(kind, words) for kind in kinds], MOUTHFUL),
        "consumed": _changes([kind.consumed for kind in kinds], _level_names(world)),
        "tastes": _changes([kind.tastes for kind in kinds], [sense.name for sense in world.events]),
    }


def _mouthful(kind: Thing, words: Sequence[str]) -> tuple[float, ...]:
    tasted = not kind.handles or bool(kind.consumed or kind.tastes)
    return tasted, kind.sting, kind.score, kind.delay, words.index(kind.tone) if kind.tone else -1, kind.ends


def _to_eat(item: Item) -> Thing:
    """Return a thing that does what eating the item does."""
    return Thing(item.name, 0, item.sprite, item.consumed, item.tastes, score=item.score, sting=item.pain)


def _hands(world: World) -> dict[str, object]:
    return {"turns": np.array([_turns(kind, world.items) for kind in (NOTHING, NOTHING, *world.things)], np.int8)}


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


def _words(world: World) -> dict[str, object]:
    heard, walls = world.vocabulary, replace(NOTHING, name=WALL, count=world.walls)
    kinds: list[Thing | Creature] = [NOTHING, walls, *world.things, *world.creatures]
    named = {kind.name: at for at, kind in enumerate(kinds) if kind.count}
    return {
        "referent": np.array([named.get(word, -1) for word in heard.words], np.int64),
        "talk": np.array([heard.chance if heard.words else 0.0, heard.honesty, heard.idle], np.float32),
        "earshot": heard.earshot,
        "lingers": heard.lingers,
        "unseen_only": heard.unseen_only,
        "yoked": heard.yoked,
        **_cues(world),
    }


def _cues(world: World) -> dict[str, object]:
    first = world.walls
    for thing in world.things:
        if thing.cues and thing.count:
            return {"cued": first, "cues": np.array([world.vocabulary.words.index(cue) for cue in thing.cues])}
        first += thing.count
    return {"cued": -1, "cues": np.zeros(0, np.int64)}


def _society(world: World) -> dict[str, object]:
    return (
        {"people": people_of(world), "acts": acts_of(world)} if has_society(world) else {"people": None, "acts": None}
    )


def _level_names(world: World) -> list[str]:
    return [level.name for level in world.levels]


def _floats(*rows: Sequence[float]) -> Floats:
    return np.array(rows, np.float32)


def _padded(rows: Sequence[Sequence[float]]) -> Floats:
    most = max(map(len, rows))
    return np.array([[*row, *[0.0] * (most - len(row))] for row in rows], np.float32)


def _changes(rows: Sequence[Changes], names: Sequence[str]) -> Floats:
    """Write each row's changes into the columns of ``names``."""
    return np.array([[row.get(name, 0.0) for name in names] for row in rows], np.float32).reshape(len(rows), len(names))
