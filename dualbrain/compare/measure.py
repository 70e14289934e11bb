"""Measure a run: let its brain play fresh episodes, and keep what its training said of itself."""

from __future__ import annotations

import math
from typing import Any

from dualbrain.compare.outcome import LENGTH, SCORE, Outcome
from dualbrain.episodes.behaviour import is_counted
from dualbrain.episodes.evaluate import Evaluation, evaluate
from dualbrain.runs.abilities import Audited
from dualbrain.runs.config import RunConfig
from dualbrain.worlds.single_env import senses_of


def measure(agent: Any, config: RunConfig, episodes: int, seed: int, ended: str = "") -> Outcome:
    """Evaluate a brain in fresh episodes of its world, and return the results of its run.

    ``ended`` says what ended its training before its steps were done.
    """
    played = evaluate(agent, config.env, episodes, seed, config.env_kwargs, behaviour=True)
    audit = agent.audit if isinstance(agent, Audited) else None
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
    declared = senses_of(config.env, config.env_kwargs)
    return [name for name in played.behaviour if name in declared and is_counted(declared[name])]


def _shares(agent: Any, played: Evaluation) -> dict[str, float]:
    if played.paid is None:
        return {}
    shares = zip(agent.steering.signals, played.paid.shares.tolist(), strict=True)
    return {name: share for name, share in shares if math.isfinite(share)}
