"""Save and load the state of a batch of native worlds, as plain arrays by name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dualbrain.errors import UserError
from dualbrain.worlds.vec_env.entries import Entries
from envs.bounds import FINITE, Bound, bounds_of
from envs.engine.senses import senses_of
from envs.engine.society import Society
from envs.engine.state import PRESENT, State, observation_bits
from envs.engine.tables import Tables
from envs.engine.world import World

SCRATCH = ("gaze",)
"""Fields of the state that every step writes before it reads them."""


def parts_of(state: State) -> Entries:
    """Return the arrays of a state by name, those of its people as ``society.person.cell`` and so on.

    They are the state's own: what is written into them is written into it.
    """
    absent = () if state.owed.shape[1] else ("owed",)
    plain = {name: part for name, part in state._asdict().items() if name not in (*SCRATCH, *absent, "society")}
    return {**plain, **_parts_of_society(state.society)}


def _parts_of_society(society: Society | None) -> Entries:
    if society is None:
        return {}
    plain = {f"society.{name}": part for name, part in society._asdict().items() if name != "person"}
    return {**plain, **{f"society.person.{name}": society.person[name] for name in society.person.dtype.names or ()}}


def no_report(world: World, n: int) -> Entries:
    """Return what is saved of the report of a step, by name, of N agents to whom nothing has happened."""
    senses = np.zeros((len(senses_of(world)), n), np.float32)
    return {
        "actions": np.zeros(n, np.int64),
        "present": np.zeros(n, np.bool_),
        "ended": np.zeros(n, np.bool_),
        "transition_senses": senses,
        "reset_senses": senses,
        "final_observations": np.zeros((n, observation_bits(world)), np.uint8),
    }


def report_bounds(last: int) -> dict[str, Bound]:
    """Return the bounds of what is saved of a report; ``last`` is the last action."""
    senses = dict.fromkeys(("transition_senses", "reset_senses"), FINITE)
    return {"actions": Bound(0, last), "final_observations": Bound(0, 1), **senses}


def refuse_outside(bounds: Mapping[str, Bound], parts: Entries, whose: str) -> None:
    """Raise `UserError` for a number out of its bound."""
    for name, bound in bounds.items():
        outside = ~bound.hold(parts[name])
        if outside.any():
            raise UserError(
                f"'{name}' in the state of {whose} holds {parts[name][outside][0]}, {bound.describe(outside)}"
            )


def refuse_impossible(tables: Tables, parts: Entries, whose: str) -> None:
    """Raise `UserError` for a state that would lead the kernels out of their arrays, or let them search for ever."""
    refuse_outside(bounds_of(tables, parts), parts, whose)
    if not _lie_where_they_are(tables, parts):
        raise UserError(f"'grid' in the state of {whose} shows other things than 'place' and 'due' tell of")


def _lie_where_they_are(tables: Tables, parts: Entries) -> bool:
    """Return whether exactly the cells of things that are there are taken: then there are free cells to be found."""
    taken = np.zeros(parts["grid"].shape, np.bool_)
    world, thing = (parts["due"] == PRESENT).nonzero()
    taken[world, parts["place"][world, thing]] = True
    return bool(((parts["grid"] != 0) == (taken | (tables.ground != 0))).all())
