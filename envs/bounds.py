"""The valid range of each number in the state of native worlds.

The kernels look up their tables by it without asking whether that leads outside; who plays on from a file asks first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from envs.engine.actions import CONSUME, REST
from envs.engine.beings.movement import LEFT
from envs.engine.society import AGENT, NOBODY, NONE, PERSON, THING
from envs.engine.state import MOST_OWED, NEVER, PRESENT, SILENCE
from envs.engine.tables import Tables
from envs.engine.validation import FOREVER

Flags = NDArray[np.bool_]
Limit = NDArray[Any] | float
Parts = Mapping[str, NDArray[Any]]

UNBOUNDED = {
    "stream": "any 64 bits are a random stream",
    "visits": "counted in 16 bits and sensed as it is: nothing is looked up by it",
}
"""Parts of the state that hold any number of their dtype, and why that does no harm."""


@dataclass(frozen=True)
class Bound:
    """The least and the greatest value, for all or for each entry of an array; NaN lies outside."""

    low: Limit
    high: Limit
    inside: Flags | None = None
    """``(cells,)``: of cells, those that can be stood on. Values below 0 are none."""

    def hold(self, values: NDArray[Any]) -> Flags:
        """Return which values lie within, in the shape of ``values``."""
        within = (values >= np.asarray(self.low)) & (values <= np.asarray(self.high))
        if self.inside is not None:
            within &= (values < 0) | self.inside[np.where(within, values, 0)]
        return np.asarray(within, np.bool_)

    def describe(self, where: Flags) -> str:
        """Say what is valid at the first of the places that are marked."""
        low, high = (np.broadcast_to(limit, where.shape)[where][0] for limit in (self.low, self.high))
        return f"which does not lie in {low} to {high}{'' if self.inside is None else ', within the walls'}"


FINITE = Bound(-float(np.finfo(np.float32).max), float(np.finfo(np.float32).max))
"""Any number that is one."""


def bounds_of(tables: Tables, parts: Parts) -> dict[str, Bound]:
    """Return the bound of each part of a state that holds numbers, but those of `UNBOUNDED`.

    See `envs.saved.parts_of` for the names of the parts.

    Two of them depend on other parts: where an agent is on whether it is alive, the number of what a person looks at on
    whether it is an agent's, a person's or a thing's.
    """
    society = {} if tables.people is None else _society(tables, parts)
    return {**_grounds(tables), **_bodies(tables, parts), **_creatures(tables), **society}


def _cells(tables: Tables) -> Bound:
    """Return the bound of a cell within the wall around the square."""
    inside = tables.ground == 0
    cells = inside.nonzero()[0]
    return Bound(int(cells[0]), int(cells[-1]), inside)


def _grounds(tables: Tables) -> dict[str, Bound]:
    """Clocks, and what lies where: the wall around the square stands, and no thing is in it."""
    return {
        "clock": Bound(0, FOREVER),
        "grid": Bound(tables.ground, np.where(tables.ground == 0, len(tables.kinds) - 1, tables.ground)),
        "place": _cells(tables),
        "due": Bound(PRESENT, 2 * FOREVER),
        "next_due": Bound(0, NEVER),
    }


def _bodies(tables: Tables, parts: Parts) -> dict[str, Bound]:
    """Agents: who is dead is nowhere."""
    cells, alive = _cells(tables), parts["alive"]
    return {
        "agent": Bound(np.where(alive, cells.low, -1), np.where(alive, cells.high, -1), cells.inside),
        "facing": Bound(REST + 1, CONSUME - 1),
        "levels": Bound(0, 1),
        "stomach": Bound(0, len(tables.mouthfuls) - 1),
        "delay": Bound(0, int(tables.mouthfuls["delay"].max())),
        "hand": Bound(0, tables.turns.shape[1] - 1),
        "heard": _word(tables, SILENCE),
        "echo": Bound(0, tables.lingers - 1),
        **({"owed": Bound(0, _most_owed(tables))} if tables.yoked else {}),
    }


def _most_owed(tables: Tables) -> NDArray[np.int64]:
    """Return ``(words, 2)`` how often a word can be owed as idle talk, and as an announcement if it names anything."""
    return MOST_OWED * np.stack([np.ones(len(tables.referent), np.int64), tables.referent >= 0], 1)


def _creatures(tables: Tables) -> dict[str, Bound]:
    patience = np.maximum(tables.patience[tables.species] - 1, 0)
    return {"creature": _cells(tables), "mood": Bound(-patience, tables.cooldown[tables.species])}


def _word(tables: Tables, none: int) -> Bound:
    return Bound(none, len(tables.referent) - 1)


def _society(tables: Tables, parts: Parts) -> dict[str, Bound]:
    """Who is stunned, what is said, and all about each person."""
    stuns = int(tables.acts.kind["stuns"].max(initial=0))
    words = {f"society.{name}": _word(tables, NONE) for name in ("spoken", "called", "said")}
    people = {**_moods(tables), **_eyes(tables, parts["society.person.eyes"]), **_ways(tables)}
    return {"society.stunned": Bound(0, stuns), **words, **{f"society.person.{name}": b for name, b in people.items()}}


def _moods(tables: Tables) -> dict[str, Bound]:
    """What people feel; each agent says one word a step, which moves them by 1 at most."""
    kind = tables.people.kind[tables.people.sort]
    return {
        "mood": Bound(-1, 1),
        "stirred": Bound(-tables.agents, tables.agents),
        "ache": Bound(0, kind["ache"]),
        "away": Bound(0, kind["cooldown"]),
    }


def _eyes(tables: Tables, eyes: NDArray[Any]) -> dict[str, Bound]:
    """What people look at: agents count on from world to world ``(W, 1)``, people and things in each world from 0."""
    first = np.arange(len(eyes))[:, np.newaxis] * tables.agents
    sorts = [eyes == AGENT, eyes == PERSON, eyes == THING]
    ends = [first + tables.agents, np.array(len(tables.people.sort)), np.array(len(tables.thing_kind))]
    low, high = np.select(sorts, [first, np.array(0), np.array(0)], NONE), np.select(sorts, ends, 0) - 1
    return {"eyes": Bound(NOBODY, THING), "target": Bound(low, high)}


def _ways(tables: Tables) -> dict[str, Bound]:
    """Where people are and where they go."""
    kind = tables.people.kind[tables.people.sort]
    return {
        "cell": _cells(tables),
        "task": Bound(0, np.maximum(kind["tasks"] - 1, 0)),
        "goal": Bound(NONE, len(tables.thing_kind) - 1),
        "used": Bound(0, np.maximum(kind["pause"] - 1, 0)),
        "heading": Bound(REST + 1, CONSUME - 1),
        "hand": Bound(0, LEFT),
        "detour": Bound(0, 4 * tables.size),
        "least": Bound(0, int(tables.row.max() + tables.column.max())),
    }
