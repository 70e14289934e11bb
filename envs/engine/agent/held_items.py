"""Update the item that agent ``r`` holds, at things and stations."""

from __future__ import annotations

from envs.engine.jit import inlined
from envs.engine.state import State
from envs.engine.tables import Tables

EMPTY = 0
"""What a hand holds that holds nothing; items count from 1."""


@inlined
def work(tables: Tables, state: State, r: int, kind: int) -> bool:
    """Let a thing give the hand an item, or turn the one it holds into another; return whether anything changed."""
    held = state.hand[r]
    state.hand[r] = tables.turns[kind, held]
    return bool(state.hand[r] != held)


@inlined
def unhand(tables: Tables, state: State, r: int) -> int:
    """Empty the hand; return what it held, counted on from the kinds of things."""
    mouthful = tables.kinds.size + state.hand[r] - 1
    state.hand[r] = EMPTY
    return int(mouthful)
