"""Feed recorded senses to a module, as the steering subsystem would, and keep all of its outputs."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dualbrain.steering.bound_module import BoundModule, Reader
from dualbrain.steering.reward_module import IMAGINED, PREDICTIONS, THOUGHT, Array, RewardModule
from dualbrain.testing.contract import blaming, require
from dualbrain.testing.random_senses import RandomSenses

Emissions = list[dict[str, Array]]


@dataclass(frozen=True)
class TraceStep:
    """One step of a trace."""

    where: str
    """Which module and step."""
    given: dict[str, Any]
    """What the module could read, by name, the very objects."""
    sensed: dict[str, Any]
    """Copies of them, made before."""
    emitted: dict[str, Any]
    """What it returned, as ``truth.signal``, ``worth.signal`` and ``reflex``, the very objects."""
    copies: dict[str, Array]
    """Copies of them, made before anything else was called."""


def trace_module(module: RewardModule, tape: RandomSenses) -> Iterator[TraceStep]:
    """Yield the steps of a bound module; episodes that end are reset before the next action's reflex."""
    drive = BoundModule(module, first=0)
    for t in range(len(tape)):
        given = tape.at(t)
        sensed, where = copy.deepcopy(given), f"module '{drive.name}', step {t}"
        with blaming(where):
            emitted = _emissions(drive, given)
            copies = _copies(emitted)
            if tape.done[t].any():
                module.reset(tape.done[t].copy())
            if drive.reflex:
                emitted["reflex"] = drive.reflex(given)
                copies |= _copies({"reflex": emitted["reflex"]})
        yield TraceStep(where, given, sensed, emitted, copies)


def emissions(module: RewardModule, tape: RandomSenses, *, scribble: bool = False) -> Emissions:
    """Return what a bound module emits over a tape; ``scribble`` over its inputs after each step."""
    emitted = []
    for step in trace_module(module, tape):
        emitted.append(step.copies)
        for values in arrays(step.given).values() if scribble else ():
            values.fill(np.nan)
    return emitted


def arrays(given: Mapping[str, Any]) -> dict[str, Array]:
    """Return what is given as one flat mapping, thoughts by their full signal names.

    >>> one = {"pain.pain": np.zeros(1)}
    >>> list(arrays({"energy": np.zeros(1), "thought": one, "imagined": one}))
    ['energy', 'pain.pain', 'imagined pain.pain']
    """
    senses = {name: values for name, values in given.items() if name not in PREDICTIONS}
    return {**senses, **given[THOUGHT], **{f"imagined {name}": values for name, values in given[IMAGINED].items()}}


def _emissions(drive: BoundModule, given: Mapping[str, Any]) -> dict[str, Any]:
    readers = {"truth": drive.truth, **({"worth": drive.worth} if drive.worth else {})}
    return {f"{what}.{name}": value for what, reader in readers.items() for name, value in _read(drive, reader, given)}


def _read(drive: BoundModule, reader: Reader, given: Mapping[str, Any]) -> list[tuple[str, Any]]:
    emitted = reader(given)
    require(isinstance(emitted, Mapping), f"{reader.where} returned {type(emitted).__name__}, not a mapping")
    wanted = {signal.name for signal in drive.module.emits}
    require(emitted.keys() == wanted, f"{reader.where} emitted {sorted(emitted)}, but it declares {sorted(wanted)}")
    return list(emitted.items())


def _copies(emitted: Mapping[str, Any]) -> dict[str, Array]:
    return {name: np.array(value, copy=True) for name, value in emitted.items()}
