"""The state of many worlds as a struct of arrays, and what one step of them reports."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from envs.engine.society import Society, empty_society
from envs.engine.strips import STRIP
from envs.engine.tables import THERMOMETER_BITS, Tables
from envs.engine.world import World

PRESENT = -1
"""Regrowth time of a thing that is there."""
NEVER = 2**31 - 1
"""Next regrowth in a world where nothing is due."""
SILENCE = -1
"""Word heard when none is."""
IDLE, HONEST = range(2)
"""How yoked words are owed: as idle talk, or as announcements, once they are true."""
MOST_OWED = 20
"""How often a word is owed at most, in each way; until it is heard no more words are owed."""


class State(NamedTuple):
    """W worlds (M things, C creatures each) and N agents (L levels each), A per world; the kernels write it in place.

    The agents of world ``i`` are the rows ``i * A`` to ``i * A + A - 1``.
    """

    stream: NDArray[np.uint64]
    """``(W,)``: the random streams."""
    clock: NDArray[np.int32]
    """``(W,)``: steps of this episode."""
    alive: NDArray[np.bool_]
    """``(N,)``: whose agent is there; the others wait for the world's next episode."""
    agent: NDArray[np.int32]
    """``(N,)``: the agent's cell; -1 once it is dead."""
    facing: NDArray[np.int8]
    """``(N,)``: the way the agent last tried to walk, an action."""
    levels: NDArray[np.float32]
    """``(N, L)``"""
    grid: NDArray[np.int8]
    """``(W, cells)``: kind of thing on each cell."""
    visits: NDArray[np.uint16]
    """``(N, cells)``: how often the agent stood there."""
    place: NDArray[np.int32]
    """``(W, M)``: cell of each thing."""
    due: NDArray[np.int32]
    """``(W, M)``: when it grows back, or `PRESENT`."""
    next_due: NDArray[np.int32]
    """``(W,)``: no thing grows back before."""
    creature: NDArray[np.int32]
    """``(W, C)``: cell of each creature."""
    mood: NDArray[np.int32]
    """``(W, C)``: steps for which it still keeps away, or minus the steps for which it has hunted."""
    stomach: NDArray[np.int8]
    """``(N,)``: what was consumed and has not yet nourished, 0 for nothing; it does so a step after its taste."""
    delay: NDArray[np.int32]
    """``(N,)``: steps until it is tasted."""
    hand: NDArray[np.int8]
    """``(N,)``: the item held, counted from 1; 0 for none."""
    heard: NDArray[np.int32]
    """``(N,)``: the word heard, or `SILENCE`."""
    echo: NDArray[np.int32]
    """``(N,)``: further steps for which that word is heard."""
    owed: NDArray[np.int8]
    """``(N, words, 2)``: how often each word is still to be heard, `IDLE` and `HONEST`; ``(N, 0, 2)`` unless yoked."""
    gaze: NDArray[np.int8]
    """``(>= V * V,)``: scratch; the kinds in the window of the world in hand."""
    society: Society
    """None where ``tables.people`` is."""


class Outcome(NamedTuple):
    """What the kernels report of N agents (D bits of observation, S senses)."""

    obs: NDArray[np.uint8]
    """``(N, D)``: after autoreset."""
    senses: NDArray[np.float32]
    """``(S, >= N)``: of the transition, before any autoreset."""
    reward: NDArray[np.float32]
    """``(N,)``"""
    terminated: NDArray[np.bool_]
    """``(N,)``"""
    truncated: NDArray[np.bool_]
    """``(N,)``"""
    final_obs: NDArray[np.uint8]
    """``(N, D)``: written only where an episode ended."""
    reset_senses: NDArray[np.float32]
    """``(S, >= N)``: after autoreset; written only if some episode ended."""
    present: NDArray[np.bool_]
    """``(N,)``: who took part in the step; the rows of the others are blank."""


def empty_state(tables: Tables, worlds: int) -> State:
    """Allocate so many worlds, to be begun before anything else."""
    n = worlds * tables.agents
    cells, things, creatures = len(tables.ground), len(tables.thing_kind), len(tables.species)
    return State(
        stream=np.zeros(worlds, np.uint64),
        clock=np.zeros(worlds, np.int32),
        alive=np.zeros(n, np.bool_),
        agent=np.zeros(n, np.int32),
        facing=np.zeros(n, np.int8),
        levels=np.zeros((n, len(tables.lethal)), np.float32),
        grid=np.zeros((worlds, cells), np.int8),
        visits=np.zeros((n, cells), np.uint16),
        place=np.zeros((worlds, things), np.int32),
        due=np.zeros((worlds, things), np.int32),
        next_due=np.full(worlds, NEVER, np.int32),
        creature=np.zeros((worlds, creatures), np.int32),
        mood=np.zeros((worlds, creatures), np.int32),
        stomach=np.zeros(n, np.int8),
        delay=np.zeros(n, np.int32),
        hand=np.zeros(n, np.int8),
        heard=np.full(n, SILENCE, np.int32),
        echo=np.zeros(n, np.int32),
        owed=np.zeros((n, len(tables.referent) if tables.yoked else 0, 2), np.int8),
        gaze=np.zeros(tables.window.size + STRIP, np.int8),
        society=empty_society(tables.people, worlds, tables.agents),
    )


def observation_bits(world: World) -> int:
    """Return D, the length of an observation: view planes, heard word, item in the hand, body levels."""
    seen = len(world.planes) * world.view**2
    return seen + len(world.vocabulary.words) + len(world.items) + len(world.levels) * THERMOMETER_BITS
