"""The kernels: begin, perceive and advance N worlds, one call for all of them."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from envs.engine.body import act, is_dead, pay_tolls
from envs.engine.compiled import kernel, part, seldom, sources
from envs.engine.creatures import prowl
from envs.engine.ground import embody, lay_out, regrow, release
from envs.engine.perception import Bits, Floats, observe, sense
from envs.engine.senses import REWARD
from envs.engine.state import SILENCE, Outcome, State
from envs.engine.tables import Tables
from envs.engine.words import listen


class Begin(Protocol):
    """A kernel that starts new episodes."""

    def __call__(self, tables: Tables, state: State, mask: NDArray[np.bool_]) -> None:
        """Start a new episode in the worlds of the mask ``(N,)``."""


class Perceive(Protocol):
    """A kernel that looks without stepping."""

    def __call__(self, tables: Tables, state: State, outcome: Outcome) -> None:
        """Write observation and senses of all worlds as they stand, with no event sensed."""


class Advance(Protocol):
    """A kernel that steps."""

    def __call__(
        self, tables: Tables, state: State, actions: NDArray[np.int64], outcome: Outcome, autoreset: bool
    ) -> int:
        """Take one step in all worlds with the actions ``(N,)``; return how many episodes ended."""
        ...


@seldom
def begin_one(tables: Tables, state: State, i: int) -> None:
    """Start a new episode in world ``i``, on its own random stream."""
    state.clock[i] = 0
    state.heard[i] = SILENCE
    state.stomach[i] = 0
    lay_out(tables, state, i)
    release(tables, state, i)
    embody(tables, state, i)


@part
def live(tables: Tables, state: State, i: int, action: int, outcome: Outcome, told: int) -> bool:
    """Take one step in world ``i``; return whether the episode ended."""
    state.clock[i] += 1
    act(tables, state, i, action, outcome.senses, told)
    state.visits[i, state.agent[i]] += 1
    regrow(tables, state, i)
    prowl(tables, state, i, outcome.senses, told)
    pay_tolls(tables, state, i)
    listen(tables, state, i)
    outcome.terminated[i] = is_dead(tables, state, i)
    outcome.truncated[i] = not outcome.terminated[i] and state.clock[i] >= tables.horizon
    outcome.reward[i] = 0.0 if outcome.terminated[i] else tables.score
    outcome.senses[told + REWARD, i] = outcome.reward[i]
    return bool(outcome.terminated[i] or outcome.truncated[i])


@part
def blank(senses: Floats) -> None:
    """Set all senses to 0, which is how those that tell of events begin a step."""
    for s in range(senses.shape[0]):
        for i in range(senses.shape[1]):
            senses[s, i] = 0.0


@part
def advance_one(tables: Tables, state: State, i: int, action: int, outcome: Outcome, autoreset: bool) -> bool:
    """Take one step in world ``i``; return whether it ended the episode."""
    told = first_told(tables)
    ended = live(tables, state, i, action, outcome, told)
    obs = outcome.final_obs if ended and autoreset else outcome.obs
    sense(tables, state, i, observe(tables, state, i, obs), outcome.senses, told)
    return ended


@seldom
def begin_anew(tables: Tables, state: State, outcome: Outcome) -> None:
    """Start new episodes where they ended; the senses of the reset are those of the step in the other worlds."""
    for s in range(outcome.senses.shape[0]):
        for i in range(outcome.senses.shape[1]):
            outcome.reset_senses[s, i] = outcome.senses[s, i]
    for i in range(outcome.reward.size):
        if outcome.terminated[i] or outcome.truncated[i]:
            begin_one(tables, state, i)
            perceive_one(tables, state, i, outcome.obs, outcome.reset_senses)


@part
def perceive_one(tables: Tables, state: State, i: int, obs: Bits, senses: Floats) -> None:
    """Write observation and senses of world ``i`` as it stands, with no event sensed."""
    for s in range(senses.shape[0]):
        senses[s, i] = 0.0
    sense(tables, state, i, observe(tables, state, i, obs), senses, first_told(tables))


@part
def first_told(tables: Tables) -> int:
    """Return the row of the first sense that is neither a level nor an event of the world."""
    return int(tables.lethal.size + tables.tastes.shape[1])


def _compile(version: str) -> tuple[Begin, Perceive, Advance]:
    """Compile the kernels; closing over ``version`` makes it part of their key in Numba's cache."""

    @kernel
    def begin(tables: Tables, state: State, mask: NDArray[np.bool_]) -> None:
        version  # noqa: B018
        for i in range(mask.size):
            if mask[i]:
                begin_one(tables, state, i)

    @kernel
    def perceive(tables: Tables, state: State, outcome: Outcome) -> None:
        version  # noqa: B018
        for i in range(outcome.reward.size):
            perceive_one(tables, state, i, outcome.obs, outcome.senses)

    @kernel
    def advance(tables: Tables, state: State, actions: NDArray[np.int64], outcome: Outcome, autoreset: bool) -> int:
        version  # noqa: B018
        ended = 0
        blank(outcome.senses)
        for i in range(actions.size):
            ended += advance_one(tables, state, i, actions[i], outcome, autoreset)
        if ended and autoreset:
            begin_anew(tables, state, outcome)
        return ended

    return begin, perceive, advance


begin, perceive, advance = _compile(sources())
