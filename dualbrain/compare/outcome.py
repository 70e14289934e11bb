"""Measure one run: behaviour in fresh episodes, learning curve, reward shares, alarms."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dualbrain.files.text import read_text, write_text

OUTCOME = "behaviour.json"
SCORE, LENGTH = "score", "length"


@dataclass(frozen=True)
class Outcome:
    """One run, measured."""

    episodes: int
    """Fresh episodes played,"""
    seed: int
    """and the seed of their worlds and actions."""
    measures: dict[str, float]
    """Means over those episodes: `SCORE`, `LENGTH`, and every sense of the world."""
    counted: list[str]
    """Senses that are events: their measure is how often they happened in an episode."""
    shares: dict[str, float] = field(default_factory=dict)
    """Share of all reward, in absolute numbers, that each signal paid."""
    curve: list[list[float]] = field(default_factory=list)
    """Training step, mean innate return, mean world score: see `Audit.curve`; empty where the agent keeps no books."""
    alarms: list[str] = field(default_factory=list)
    """What was alarming in training."""
    ended: str = ""
    """How far training came and what ended it, where not all of its steps were done."""
    reservations: str = ""
    """Which of those episodes were cut off or not played, if any: see `Evaluation.reservations`."""


def write_outcome(path: Path, outcome: Outcome) -> None:
    """Write an outcome as JSON."""
    write_text(path, json.dumps(asdict(outcome), indent=1, default=_plain))


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else str(value)


def read_outcome(path: Path) -> Outcome | None:
    """Read an outcome; None where there is none that can be read."""
    try:
        return Outcome(**json.loads(read_text(path)))
    except (OSError, ValueError, TypeError):
        return None
