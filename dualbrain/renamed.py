"""Earlier names of classes and functions, which saved files still use."""

from __future__ import annotations

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
    "dualbrain.cortex.cnn:FlatDict": "dualbrain.cortex.flat:FlatDict",
    "dualbrain.heads.short_long:AssessorOptions": "dualbrain.heads.options:AssessorOptions",
    "dualbrain.scalars.books:Track": "dualbrain.scalars.books:DownsampledSeries",
    "dualbrain.scalars.recent_rollouts:Glimpse": "dualbrain.scalars.recent_rollouts:SignalSummary",
    "dualbrain.scalars.recent_rollouts:History": "dualbrain.scalars.recent_rollouts:RecentRollouts",
}
"""Classes and functions that have other names than they had, as ``new.module:Old`` to ``new.module:New``."""


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
