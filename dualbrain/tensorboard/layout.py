"""Lay out a run in TensorBoard: a page per signal, an overview, and a card of the steering subsystem."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from stable_baselines3.common.logger import Logger, TensorBoardOutputFormat

from dualbrain.heads.options import AssessorOptions
from dualbrain.scalars.audit import Alarm
from dualbrain.steering.signal import Signal
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.tensorboard.description import card
from dualbrain.tensorboard.scalar_batching import put_together

Page = dict[str, list[str]]
"""Tags by title of the chart that shows them."""
FORESEEN = (".prediction", ".target")
"""Ends of the ``drive/`` tags that only assessors make."""


def hang(logger: Logger, steering: SteeringSubsystem, options: AssessorOptions | None, world: str, step: int) -> None:
    """Give every TensorBoard run that ``logger`` writes its layout, and the card of what steers in which world."""
    put_together(logger)
    for writer in writers(logger):
        writer.add_custom_scalars(layout(steering.signals, options is not None))
        writer.add_text("steering", card(steering, options, world), step)


def mark_stage(logger: Logger, steering: SteeringSubsystem, step: int) -> None:
    """Mark in every TensorBoard run the stage that development has come to, if there are stages."""
    for writer in writers(logger):
        if steering.stages:
            writer.add_text("stage", str(steering.stages[steering.stage]), step)


def mark_weights(logger: Logger, weights: Mapping[str, float], step: int) -> None:
    """Mark in every TensorBoard run the weights that hold from a training step on."""
    for writer in writers(logger):
        writer.add_text("weights", ", ".join(f"{name}:{weight:g}" for name, weight in weights.items()), step)


def writers(logger: Logger) -> list[Any]:
    """Return the `SummaryWriter` of every TensorBoard run that ``logger`` writes."""
    return [output.writer for output in logger.output_formats if isinstance(output, TensorBoardOutputFormat)]


def sound(logger: Logger, alarm: Alarm) -> None:
    """Write an alarm into every TensorBoard run that ``logger`` writes."""
    for writer in writers(logger):
        writer.add_text(f"alarm/{alarm.kind}", alarm.text, alarm.step)


def layout(signals: Mapping[str, Signal], assessed: bool = True) -> dict[str, dict[str, Any]]:
    """Return the custom-scalars layout, as `SummaryWriter.add_custom_scalars` takes it: charts of lines by page.

    ``signals`` go by full name; where they are not ``assessed``, there are no predictions to show. TensorBoard
    unfolds the first page.
    """
    own = {name: _page(name, signal) for name, signal in signals.items()}
    pages = {"prediction against truth": _foreseen(signals), "overview": _overview(signals), **own}
    charts = {title: _charts(page, assessed) for title, page in pages.items()}
    return {title: shown for title, shown in charts.items() if shown}


def _foreseen(signals: Mapping[str, Signal]) -> Page:
    return {f"{name}: foreseen, and what came": [f"drive/{name}{end}" for end in FORESEEN] for name in signals}


def _overview(signals: Mapping[str, Signal]) -> Page:
    probable = [name for name, signal in signals.items() if signal.is_probability]
    return {
        "reward per step, the world's and the whole": ["world/reward", "reward/total"],
        "score per episode, the world's and innate": ["audit/world_score", "audit/innate_score"],
        "share of all reward by signal": [f"audit/{name}.share" for name in signals],
        "share of all reward paid by thoughts": ["audit/thought"],
        "reward per step by signal, from truth": [f"reward/{name}.truth" for name in signals],
        "reward per step by signal, from thought": [f"reward/{name}.thought" for name in signals],
        "prediction by signal": [f"drive/{name}.prediction" for name in signals],
        "AUROC by signal": [f"assessor/{name}.auroc" for name in probable],
        "stage of development": ["drive/stage"],
        "dopamine: size of the TD errors": [f"dopamine/{name}.rms" for name in ("valence", *signals)],
    }


def _page(name: str, signal: Signal) -> Page:
    skills = ("auroc", "calibration", "ev") if signal.is_probability else ("ev",)
    return {
        f"{name}: prediction against truth": [f"drive/{name}.{end}" for end in ("prediction", "target", "truth")],
        f"{name}: reward per step": [f"reward/{name}.{part}" for part in ("truth", "thought", "capped")],
        f"{name}: evidence, and thoughts in its place": [f"drive/{name}.evidence", f"drive/{name}.deferred"],
        f"{name}: dopamine": [f"dopamine/{name}", f"dopamine/{name}.rms"],
        f"{name}: skill": [f"assessor/{name}.{skill}" for skill in skills],
        f"{name}: loss of its heads": [f"assessor/{name}.{head}_loss" for head in ("short", "long")],
        **({f"{name}: steps of warning": [f"assessor/{name}.lead"]} if signal.is_probability else {}),
    }


def _charts(page: Page, assessed: bool) -> dict[str, Any]:
    """Return the charts that will have a line, each tag as a regular expression that matches it alone."""
    written = {title: [tag for tag in tags if assessed or not _foresees(tag)] for title, tags in page.items()}
    return {title: ["Multiline", [f"{re.escape(tag)}$" for tag in tags]] for title, tags in written.items() if tags}


def _foresees(tag: str) -> bool:
    """Return whether only assessors write this tag."""
    kind, _, name = tag.partition("/")
    return kind == "assessor" or (kind == "dopamine" and "." in name.removesuffix(".rms")) or tag.endswith(FORESEEN)
