"""Describe the columns of a recording: meaning, unit and range."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.episodes.record import Recording
from dualbrain.scalars.foresight import AHEAD
from dualbrain.steering.signal import Signal, ahead


@dataclass(frozen=True)
class Column:
    """One column of the table of steps."""

    name: str
    unit: str
    low: float
    high: float
    meaning: str


COMMON = (
    Column("episode", "number", 0, math.inf, "episodes are counted from 0, agent by agent"),
    Column("agent", "number", 0, math.inf, "row of the agent in the world; 0 if it is the only one"),
    Column("time", "steps", 0, math.inf, "steps of the episode before this one"),
    Column("action", "action", -math.inf, math.inf, "the policy's action"),
    Column("executed", "action", -math.inf, math.inf, "the executed action: the reflex, where there was one"),
    Column("reflex", "flag", 0, 1, "whether a reflex replaced the policy's action"),
    Column("score", "score", -math.inf, math.inf, "the world's own reward for this step"),
    Column("reward", "reward", -math.inf, math.inf, "reward of the steering subsystem: the sum over signals"),
    Column("valence", "reward", -math.inf, math.inf, "the critic's value before the step: expected discounted sum"),
    Column("dopamine/valence", "reward", -math.inf, math.inf, "TD error of the critic, on the whole reward"),
    Column("terminated", "flag", 0, 1, "whether the world ended the episode with this step"),
    Column("truncated", "flag", 0, 1, "whether time ran out with this step"),
)
"""Columns that every recording has."""

ColumnOf = Callable[[str, Signal], Column]


def _anything(kind: str, unit: str, meaning: str) -> ColumnOf:
    return lambda name, _: Column(f"{kind}/{name}", unit, -math.inf, math.inf, meaning)


def _in_range(kind: str, meaning: str) -> ColumnOf:
    return lambda name, signal: Column(f"{kind}/{name}", "signal", signal.low, signal.high, meaning)


OF_SIGNALS: tuple[ColumnOf, ...] = (
    _in_range("truth", "ground truth of this step; empty where the senses give no evidence"),
    _in_range("prediction", "prediction of the short assessor before the step"),
    _in_range("settled", "the truth, else the deferred prediction"),
    _anything("worth", "reward per unit", "reward per unit in the present state of the body, before the weight"),
    _anything("paid_by_truth", "reward", "part of the reward from the truth"),
    _anything("paid_by_thought", "reward", "part of the reward from predictions"),
    _anything("long", "signal, discounted sum", "prediction of the long assessor before the step"),
    _anything("dopamine", "signal", "TD error of the long assessor"),
    *(_in_range(f"imagined_{k}", f"short prediction imagined before the step, {ahead(k)}") for k in AHEAD),
)
"""Columns of every signal; those of predictions are there if the agent has assessors, imagined ones where asked for."""


def columns_of(recording: Recording) -> list[Column]:
    """Return what is in the table, column by column, in the order in which it is laid out."""
    return [column for column, _ in laid_out(recording)]


def laid_out(recording: Recording) -> Iterator[tuple[Column, NDArray[Any]]]:
    """Yield every column with its values ``(S,)``; one of arrays becomes a column for each element, ``action[0]``."""
    for column in _known(recording):
        if column.name in recording.table:
            yield from elements_of(column, recording.table[column.name])


def elements_of(column: Column, values: NDArray[Any]) -> Iterator[tuple[Column, NDArray[Any]]]:
    """Yield a column of numbers ``(S,)`` as it is, and for one of arrays ``(S, ...)`` a column for each element.

    >>> torque = Column("torque", "Nm", -2, 2, "what the joints do")
    >>> [part.name for part, _ in elements_of(torque, np.zeros((5, 1, 2)))]
    ['torque[0,0]', 'torque[0,1]']
    """
    if values.ndim == 1:
        yield column, values
        return
    for index in np.ndindex(values.shape[1:]):
        place = ",".join(map(str, index))
        meaning = f"{column.meaning} (element {place})"
        yield replace(column, name=f"{column.name}[{place}]", meaning=meaning), values[:, *index]


def _known(recording: Recording) -> Iterator[Column]:
    yield from COMMON
    for sense in recording.senses.values():
        yield Column(f"sense/{sense.name}", sense.unit, sense.low, sense.high, sense.meaning)
    for name, signal in recording.signals.items():
        yield from (column(name, signal) for column in OF_SIGNALS)
