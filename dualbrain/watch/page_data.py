"""Convert a recording to the JSON of the page: its table and the descriptions of its columns."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.episodes.record import Recording
from dualbrain.episodes.schema import Column, columns_of
from dualbrain.episodes.tables import episodes_of, steps_of
from dualbrain.steering.sense import Sense
from dualbrain.steering.signal import Signal

LEVEL, EVENT = "share of full", "event"
"""Units of senses that tell how full the body is, and whether something happened."""
TOLD = ("episode", "agent", "length", "score", "reward", "terminated")
"""Columns of the table of episodes that the page shows."""


@dataclass(frozen=True)
class Caption:
    """The text above the episodes."""

    world: str
    """Gymnasium id."""
    facts: Mapping[str, str]
    """Further words, each under a label: drives, model, seed."""
    actions: Sequence[str] = ()
    """Names of discrete actions, by number; empty where they have none."""


def page_data(recording: Recording, caption: Caption, named: Mapping[str, int]) -> str:
    """Return the JSON object that the page reads; ``named`` gives some episodes a name, such as *best*."""
    data = {
        "world": caption.world,
        "facts": dict(caption.facts),
        "actions": list(caption.actions),
        "signals": [_signal(name, s, recording.weights[name]) for name, s in recording.signals.items()],
        "senses": [_sense(sense) for sense in recording.senses.values()],
        "columns": {column.name: _column(column) for column in columns_of(recording)},
        "named": dict(named),
        "episodes": _episodes(recording, named),
        "table": {name: exact(column) for name, column in steps_of(recording).items()},
    }
    return json.dumps(data, allow_nan=False, separators=(",", ":"))


def exact(column: NDArray[Any]) -> list[Any]:
    """Return numbers that read back as the same, written as short as they can be; None for NaN, flags as 0 and 1.

    >>> exact(np.array([0.1, np.nan, -np.inf], np.float32))
    [0.1, None, '-inf']
    """
    if column.dtype.kind != "f":
        whole: list[Any] = (column.astype(np.int64) if column.dtype.kind == "b" else column).tolist()
        return whole
    if column.ndim > 1:
        return [exact(row) for row in column]
    return [_number(value) for value in column.astype(str).astype(np.float64).tolist()]


def _number(value: float) -> float | str | None:
    """Return what JSON can hold of a number."""
    if math.isfinite(value):
        return value
    return None if math.isnan(value) else str(value)


def _bound(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _signal(name: str, signal: Signal, weight: float) -> dict[str, Any]:
    declared = asdict(signal) | {"low": _bound(signal.low), "high": _bound(signal.high)}
    kept = ("low", "high", "horizon", "defer")
    return {"name": name, "weight": weight, **{key: declared[key] for key in kept}}


def _sense(sense: Sense) -> dict[str, Any]:
    kind = {LEVEL: "level", EVENT: "event"}.get(sense.unit, "other")
    return {"name": sense.name, "kind": kind, "low": _bound(sense.low), "high": _bound(sense.high)}


def _column(column: Column) -> dict[str, str]:
    return {"unit": column.unit, "meaning": column.meaning}


def _episodes(recording: Recording, named: Mapping[str, int]) -> list[dict[str, Any]]:
    table = episodes_of(recording)
    rows = zip(*(exact(table[name]) for name in TOLD), strict=True)
    episodes = [dict(zip(TOLD, row, strict=True)) for row in rows]
    for episode in episodes:
        episode["names"] = [name for name, number in named.items() if number == episode["episode"]]
        episode["start"] = recording.rows(episode["episode"]).start
        episode["drawn"] = episode["episode"] in recording.pictures
    return episodes
