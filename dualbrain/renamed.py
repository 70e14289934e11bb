"""Earlier names of classes, functions and fields, which saved files still use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MODULES = {
    "dualbrain.actions": "dualbrain.worlds.spaces.actions",
    "dualbrain.adapter": "dualbrain.worlds.adapter",
    "dualbrain.assessors": "dualbrain.heads.short_long",
    "dualbrain.associability": "dualbrain.chamber.associability",
    "dualbrain.chamber.codes": "dualbrain.chamber.stimulus_codes",
    "dualbrain.chamber.embodied": "dualbrain.chamber.drive_chamber",
    "dualbrain.cortex": "dualbrain.cortex.cnn",
    "dualbrain.drive": "dualbrain.steering.bound_module",
    "dualbrain.everywhere": "dualbrain.worlds.state_map",
    "dualbrain.gather": "dualbrain.worlds.sense_wrappers",
    "dualbrain.inspection.audit": "dualbrain.scalars.audit",
    "dualbrain.inspection.books": "dualbrain.scalars.books",
    "dualbrain.inspection.collective": "dualbrain.scalars.population_stats",
    "dualbrain.inspection.cues": "dualbrain.training.cues",
    "dualbrain.inspection.foresight": "dualbrain.scalars.skill",
    "dualbrain.inspection.guard": "dualbrain.training.guard",
    "dualbrain.inspection.history": "dualbrain.scalars.recent_rollouts",
    "dualbrain.inspection.instruments": "dualbrain.scalars.instruments",
    "dualbrain.inspection.metrics": "dualbrain.scalars.metrics",
    "dualbrain.inspection.responses": "dualbrain.drawing.event_triggered",
    "dualbrain.inspection.timeline": "dualbrain.scalars.timeline",
    "dualbrain.module": "dualbrain.steering.reward_module",
    "dualbrain.observations": "dualbrain.worlds.spaces.observations",
    "dualbrain.online": "dualbrain.chamber.td_lambda",
    "dualbrain.online_short": "dualbrain.chamber.delta_rule",
    "dualbrain.options": "dualbrain.worlds.options",
    "dualbrain.raw_world": "dualbrain.worlds.vec_env.raw_world",
    "dualbrain.replay": "dualbrain.chamber.dyna",
    "dualbrain.resets": "dualbrain.worlds.vec_env.resets",
    "dualbrain.returns": "dualbrain.heads.targets",
    "dualbrain.sense_registry": "dualbrain.worlds.sense_catalogue",
    "dualbrain.senses": "dualbrain.steering.sense",
    "dualbrain.signal": "dualbrain.steering.signal",
    "dualbrain.slow_copy": "dualbrain.cortex.ema",
    "dualbrain.stage": "dualbrain.steering.stages",
    "dualbrain.steering": "dualbrain.steering.subsystem",
    "dualbrain.steering_file": "dualbrain.steering.file",
    "dualbrain.vec_env": "dualbrain.worlds.steering_vec_env",
    "dualbrain.visits": "dualbrain.worlds.vec_env.visits",
    "dualbrain.weights": "dualbrain.steering.weights",
    "dualbrain.worlds.visits": "dualbrain.worlds.vec_env.visits",
}
"""Modules that have moved, as old name to new; those whose classes a saved file may name."""
NAMES: dict[str, str] = {
    "dualbrain.chamber.chamber:Lived": "dualbrain.chamber.chamber:TrialResult",
    "dualbrain.chamber.dyna:Replay": "dualbrain.chamber.dyna:Dyna",
    "dualbrain.cortex.cnn:FlatDict": "dualbrain.cortex.flat:FlatDict",
    "dualbrain.heads.short_long:AssessorOptions": "dualbrain.heads.options:AssessorOptions",
    "dualbrain.scalars.books:Episodes": "dualbrain.scalars.books:EpisodeReturns",
    "dualbrain.scalars.books:Scores": "dualbrain.scalars.books:ReturnMoments",
    "dualbrain.scalars.books:Track": "dualbrain.scalars.books:DownsampledSeries",
    "dualbrain.scalars.recent_rollouts:Glimpse": "dualbrain.scalars.recent_rollouts:SignalSummary",
    "dualbrain.scalars.recent_rollouts:History": "dualbrain.scalars.recent_rollouts:RecentRollouts",
}
"""Classes and functions that have other names than they had, as ``new.module:Old`` to ``new.module:New``."""
FIELDS: dict[str, dict[str, str]] = {
    "dualbrain.heads.options:AssessorOptions": {"lesions": "ablated_heads"},
}
"""Fields of dataclasses that have other names than they had, old to new by ``module:Class``."""


def current_name(name: str) -> str:
    """Return today's ``package.module:Name`` for one that a file of any version holds.

    >>> current_name("dualbrain.stage:Stage")
    'dualbrain.steering.stages:Stage'
    >>> current_name("mine:Stage")
    'mine:Stage'
    """
    module, colon, path = name.partition(":")
    moved = f"{MODULES.get(module, module)}{colon}{path}"
    return NAMES.get(moved, moved)


def current_fields(cls: type[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a dataclass by the names that they have today; where both are given, today's counts.

    >>> from dualbrain.heads.options import AssessorOptions
    >>> current_fields(AssessorOptions, {"lesions": ["flinch.flinch"]})
    {'ablated_heads': ['flinch.flinch']}
    """
    names = FIELDS.get(f"{cls.__module__}:{cls.__qualname__}", {})
    return {names.get(name, name): values[name] for name in sorted(values, key=lambda name: name not in names)}
