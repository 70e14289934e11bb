"""The kernels: begin, perceive and advance N worlds, one call for all of them.

In worlds without people and other agents ``tables.people`` is None. Functions that need people only if there are any
take it as an argument of its own: for None the compiler leaves branches out, so that they cost nothing.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from envs.engine.agent.body import act, apply_level_effects, apply_radiance, comfort_share, is_dead, is_over
from envs.engine.agent.perception import Bits, Floats, observe, sense
from envs.engine.agent.words import cue, listen
from envs.engine.beings.acts import FIRST_ACT, chosen, hush, overhear, perform
from envs.engine.beings.creatures import release, step_creatures
from envs.engine.beings.people import grow_calm, live_on, settle_people, welfare
from envs.engine.beings.social_senses import witness
from envs.engine.ground import embody, lay_out, regrow
from envs.engine.jit import entry_point, inlined, outlined, sources
from envs.engine.senses import REWARD
from envs.engine.society import NONE, People
from envs.engine.state import SILENCE, Outcome, State
from envs.engine.tables import Tables

Actions = NDArray[np.int64]


class Begin(Protocol):
    """A kernel that starts new episodes."""

    def __call__(self, tables: Tables, state: State, mask: NDArray[np.bool_]) -> None:
        """Start a new episode in the worlds whose agents the mask ``(N,)`` names."""


class Perceive(Protocol):
    """A kernel that looks without stepping."""

    def __call__(self, tables: Tables, state: State, outcome: Outcome) -> None:
        """Write observation and senses of all worlds as they stand, with no event sensed."""


class Advance(Protocol):
    """A kernel that steps."""

    def __call__(self, tables: Tables, state: State, actions: Actions, outcome: Outcome, autoreset: bool) -> int:
        """Take one step in all worlds with the agents' actions ``(N,)``; return how many episodes ended."""
        ...


@outlined
def begin_one(tables: Tables, state: State, people: People, i: int) -> None:
    """Start a new episode in world ``i``, on its own random stream."""
    state.clock[i] = 0
    lay_out(tables, state, i)
    release(tables, state, i)
    for r in range(i * tables.agents, (i + 1) * tables.agents):
        state.heard[r] = cue(tables, state, i)
        state.echo[r] = 0 if state.heard[r] == SILENCE else tables.lingers - 1
        embody(tables, state, i, r)
    if people is not None:
        settle_people(tables, state, i)


@inlined
def step_world(tables: Tables, state: State, people: People, i: int, actions: Actions, outcome: Outcome) -> None:
    """Take one step in world ``i``: its agents act in turn, then time passes for everything else."""
    state.clock[i] += 1
    if people is not None:
        hush(tables, state, i)
        grow_calm(tables, state, i)
    for k in range(tables.agents):
        r = in_turn(tables, state, i, k)
        outcome.present[r] = state.alive[r]
        outcome.reward[r] = 0.0
        if state.alive[r]:
            take_action(tables, state, people, outcome, i, r, actions[r])
            state.visits[r, state.agent[r]] += 1
    regrow(tables, state, i)
    step_creatures(tables, state, outcome, i)
    if people is not None:
        live_on(tables, state, i)


@inlined
def in_turn(tables: Tables, state: State, i: int, k: int) -> int:
    """Return the agent that acts as the ``k``-th: at each step another one comes first, for fairness."""
    if tables.agents == 1:
        return i
    return i * tables.agents + int(state.clock[i] + k) % tables.agents


@inlined
def take_action(tables: Tables, state: State, people: People, outcome: Outcome, i: int, r: int, action: int) -> None:
    """Carry out an action: an act, or something that every body can do."""
    if people is not None:
        action = chosen(state, r, action)
        if action >= FIRST_ACT:
            perform(tables, state, outcome, i, r, action - FIRST_ACT)
            return
    act(tables, state, outcome, i, r, action)


@inlined
def finish_step(tables: Tables, state: State, people: People, i: int, r: int, outcome: Outcome) -> bool:
    """Settle what the step meant for agent ``r``, which took part; return whether its episode ended."""
    apply_radiance(tables, state, i, r)
    apply_level_effects(tables, state, r)
    listen(tables, state, i, r)
    if people is not None:
        overhear(state, r)
    if people is not None and people.first_sense != NONE:
        witness(tables, state, outcome, i, r)
    outcome.terminated[r] = is_dead(tables, state, r) or is_over(tables, state, r)
    outcome.truncated[r] = not outcome.terminated[r] and state.clock[i] >= tables.horizon
    if not outcome.terminated[r]:
        outcome.reward[r] += tables.score * comfort_share(tables, state, r)
        if people is not None:
            outcome.reward[r] += welfare(tables, state, i)
    outcome.senses[tables.first_sense + REWARD, r] = outcome.reward[r]
    return bool(outcome.terminated[r] or outcome.truncated[r])


@inlined
def blank(senses: Floats) -> None:
    """Set all senses to 0, which is how those that tell of events begin a step."""
    for s in range(senses.shape[0]):
        for r in range(senses.shape[1]):
            senses[s, r] = 0.0


@inlined
def advance_one(tables: Tables, state: State, i: int, actions: Actions, outcome: Outcome, autoreset: bool) -> int:
    """Take one step in world ``i``; return how many episodes it ended."""
    step_world(tables, state, tables.people, i, actions, outcome)
    over = 0
    for r in range(i * tables.agents, (i + 1) * tables.agents):
        if not outcome.present[r]:
            be_absent(outcome, r)
            continue
        ended = finish_step(tables, state, tables.people, i, r, outcome)
        obs = outcome.final_obs if ended and autoreset else outcome.obs
        sense(tables, state, tables.people, i, r, observe(tables, state, tables.people, i, r, obs), outcome.senses)
        over += ended
    if over and tables.agents > 1:
        remove_dead(tables, state, i, outcome)
    return over


@outlined
def be_absent(outcome: Outcome, r: int) -> None:
    """Write a blank row for an agent that took no part in the step; its senses are blank already."""
    outcome.obs[r] = 0
    outcome.terminated[r] = outcome.truncated[r] = False


@outlined
def remove_dead(tables: Tables, state: State, i: int, outcome: Outcome) -> None:
    """Take away the agents whose episode has just ended, once all have seen them for the last time."""
    for r in range(i * tables.agents, (i + 1) * tables.agents):
        if outcome.terminated[r] or outcome.truncated[r]:
            state.alive[r] = False
            state.agent[r] = -1


@inlined
def goes_on(tables: Tables, state: State, i: int, outcome: Outcome) -> bool:
    """Return whether anybody is left in world ``i``."""
    anybody = False
    for r in range(i * tables.agents, (i + 1) * tables.agents):
        anybody |= state.alive[r] and not (outcome.terminated[r] or outcome.truncated[r])
    return anybody


@outlined
def begin_next_episodes(tables: Tables, state: State, outcome: Outcome) -> None:
    """Start new episodes where all have ended; the senses of the reset are those of the step in the other worlds.

    An agent that died while others live on in its world perceives nothing from then on.
    """
    for s in range(outcome.senses.shape[0]):
        for r in range(outcome.senses.shape[1]):
            outcome.reset_senses[s, r] = outcome.senses[s, r]
    for i in range(state.clock.size):
        if goes_on(tables, state, i, outcome):
            blank_dead(tables, i, outcome)
        else:
            begin_one(tables, state, tables.people, i)
            for r in range(i * tables.agents, (i + 1) * tables.agents):
                perceive_one(tables, state, i, r, outcome.obs, outcome.reset_senses)


@inlined
def blank_dead(tables: Tables, i: int, outcome: Outcome) -> None:
    """Blank what follows the death of the agents that have just died in world ``i``, which goes on."""
    for r in range(i * tables.agents, (i + 1) * tables.agents):
        if outcome.terminated[r]:
            outcome.obs[r] = 0
            outcome.reset_senses[:, r] = 0.0


@inlined
def perceive_one(tables: Tables, state: State, i: int, r: int, obs: Bits, senses: Floats) -> None:
    """Write what agent ``r`` of world ``i`` perceives as things stand, with no event sensed."""
    for s in range(senses.shape[0]):
        senses[s, r] = 0.0
    sense(tables, state, tables.people, i, r, observe(tables, state, tables.people, i, r, obs), senses)


def _compile(version: str) -> tuple[Begin, Perceive, Advance]:
    """Compile the kernels; closing over ``version`` makes it part of their key in Numba's cache."""

    @entry_point
    def begin(tables: Tables, state: State, mask: NDArray[np.bool_]) -> None:
        version  # noqa: B018
        for i in range(state.clock.size):
            if mask[i * tables.agents]:
                begin_one(tables, state, tables.people, i)

    @entry_point
    def perceive(tables: Tables, state: State, outcome: Outcome) -> None:
        version  # noqa: B018
        blank(outcome.senses)
        for r in range(outcome.reward.size):
            outcome.present[r] = state.alive[r]
            if state.alive[r]:
                perceive_one(tables, state, r // tables.agents, r, outcome.obs, outcome.senses)
            else:
                be_absent(outcome, r)

    @entry_point
    def advance(tables: Tables, state: State, actions: Actions, outcome: Outcome, autoreset: bool) -> int:
        version  # noqa: B018
        ended = 0
        blank(outcome.senses)
        for i in range(state.clock.size):
            ended += advance_one(tables, state, i, actions, outcome, autoreset)
        if ended and autoreset:
            begin_next_episodes(tables, state, outcome)
        return ended

    return begin, perceive, advance


begin, perceive, advance = _compile(sources())
