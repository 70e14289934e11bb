"""Build tidy tables of a recording: a row per step, or a row per episode."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.episodes.behaviour import is_counted
from dualbrain.episodes.record import Recording, Table
from dualbrain.episodes.schema import Column, laid_out
from dualbrain.steering.sense import Sense

Reduce = Callable[[NDArray[Any], NDArray[np.int64]], NDArray[Any]]
"""From a column of steps ``(S,)`` and where the episodes begin ``(E,)`` to one number each."""


def steps_of(recording: Recording) -> Table:
    """Return the table of steps, its columns in the order of `columns_of`."""
    return {column.name: values for column, values in laid_out(recording)}


def episodes_of(recording: Recording) -> Table:
    """Return the table of episodes, its columns in the order of `episode_columns`."""
    begins = np.flatnonzero(recording.table["time"] == 0)
    return {made.column.name: made.how(recording.table[made.of], begins) for made in _reduced(recording)}


def episode_columns(recording: Recording) -> list[Column]:
    """Return what is in the table of episodes."""
    return [made.column for made in _reduced(recording)]


def _total(values: NDArray[Any], begins: NDArray[np.int64]) -> NDArray[Any]:
    sums: NDArray[Any] = np.add.reduceat(values.astype(np.float64), begins)
    return sums


def _mean(values: NDArray[Any], begins: NDArray[np.int64]) -> NDArray[Any]:
    means: NDArray[Any] = _total(values, begins) / _count(values, begins)
    return means


def _count(values: NDArray[Any], begins: NDArray[np.int64]) -> NDArray[Any]:
    lengths: NDArray[Any] = np.diff(np.append(begins, len(values)))
    return lengths


def _first(values: NDArray[Any], begins: NDArray[np.int64]) -> NDArray[Any]:
    return values[begins]


def _last(values: NDArray[Any], begins: NDArray[np.int64]) -> NDArray[Any]:
    last: NDArray[Any] = values[np.append(begins[1:], len(values)) - 1]
    return last


def _rms(values: NDArray[Any], begins: NDArray[np.int64]) -> NDArray[Any]:
    rms: NDArray[Any] = np.sqrt(_mean(np.square(values, dtype=np.float64), begins))
    return rms


def _events(truth: NDArray[Any], begins: NDArray[np.int64]) -> NDArray[Any]:
    known: NDArray[Any] = (truth != 0.0) & ~np.isnan(truth)
    return _total(known, begins).astype(np.int64)


@dataclass(frozen=True)
class _Reduced:
    """One column of episodes, made of one of steps."""

    column: Column
    of: str
    how: Reduce


def _made(name: str, unit: str, meaning: str, of: str, how: Reduce, low: float = -math.inf) -> _Reduced:
    return _Reduced(Column(name, unit, low, math.inf, meaning), of, how)


def _reduced(recording: Recording) -> Iterator[_Reduced]:
    yield _made("episode", "number", "episodes are counted from 0, agent by agent", "episode", _first, 0)
    yield _made("agent", "number", "row of the agent in the world", "agent", _first, 0)
    yield _made("length", "steps", "steps that it lasted", "time", _count, 1)
    yield _Reduced(Column("terminated", "flag", 0, 1, "0 where time ran out"), "terminated", _last)
    yield _made("score", "score", "the world's own rewards, added up", "score", _total)
    yield _made("reward", "reward", "what the steering subsystem paid in all", "reward", _total)
    yield _made("surprise", "reward", "root mean square of the critic's TD errors", "dopamine/valence", _rms, 0)
    yield _made("reflexes", "count", "steps at which a reflex acted", "reflex", _total, 0)
    yield from (_of_sense(sense) for sense in recording.senses.values())
    for name in recording.signals:
        yield _made(
            f"events/{name}", "count", "steps at which the truth was known and not 0", f"truth/{name}", _events, 0
        )
        for part in ("paid_by_truth", "paid_by_thought"):
            yield _made(f"{part}/{name}", "reward", "added up", f"{part}/{name}", _total)


def _of_sense(sense: Sense) -> _Reduced:
    """Count events, and average anything else."""
    name = f"sense/{sense.name}"
    if is_counted(sense):
        return _made(name, "count", f"summed over steps: {sense.meaning}", name, _total, 0)
    return _Reduced(Column(name, sense.unit, sense.low, sense.high, f"mean over steps: {sense.meaning}"), name, _mean)
