"""Measure one run: behaviour in fresh episodes, learning curve, reward shares, alarms."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dualbrain.files.text import read_text, write_text

if TYPE_CHECKING:
    from dualbrain.episodes.evaluate import Evaluation
    from dualbrain.runs.config import RunConfig

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


def measure(agent: Any, config: RunConfig, episodes: int, seed: int, ended: str = "") -> Outcome:
    """Evaluate a brain in fresh episodes of its world, and return the results of its run.

    ``ended`` says what ended its training before its steps were done.
    """
    from dualbrain.episodes.evaluate import evaluate

    played = evaluate(agent, config.env, episodes, seed, config.env_kwargs, behaviour=True)
    audit = getattr(agent, "audit", None)
    return Outcome(
        episodes,
        seed,
        {name: float(values.mean()) for name, values in _behaviour(played).items()},
        _counted(config, played),
        _shares(agent, played),
        [list(point) for point in audit.curve()] if audit else [],
        [f"step {alarm.step:,}: {alarm.text}" for alarm in audit.alarms] if audit else [],
        ended,
        played.reservations,
    )


def _behaviour(played: Evaluation) -> dict[str, Any]:
    return {SCORE: played.scores, LENGTH: played.lengths, **played.behaviour}


def _counted(config: RunConfig, played: Evaluation) -> list[str]:
    from dualbrain.episodes.behaviour import is_counted
    from dualbrain.worlds.make_env import senses_of

    declared = senses_of(config.env, config.env_kwargs)
    return [name for name in played.behaviour if name in declared and is_counted(declared[name])]


def _shares(agent: Any, played: Evaluation) -> dict[str, float]:
    if played.paid is None:
        return {}
    shares = zip(agent.steering.signals, played.paid.shares.tolist(), strict=True)
    return {name: share for name, share in shares if math.isfinite(share)}


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
