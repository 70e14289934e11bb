"""Lay out a run in TensorBoard: a page per signal, an overview, and a card of the steering subsystem."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from stable_baselines3.common.logger import Logger, TensorBoardOutputFormat

from dualbrain.heads.options import AssessorOptions
from dualbrain.scalars.audit import Alarm
from dualbrain.scalars.keys import (
    AUROC,
    BY_THOUGHTS,
    CODE,
    DEVIATION,
    DOPAMINE,
    EVIDENCE,
    FORESEEN,
    FROM_THOUGHT,
    FROM_TRUTH,
    IMAGINES,
    LOSSES,
    PAID,
    PREDICTION,
    PREDICTIONS,
    RANK,
    REWARDS,
    SCORES,
    SHARES,
    SIGNAL,
    SKILL,
    STAGE,
    TD_ERRORS,
    WARNING,
    written,
)
from dualbrain.steering.signal import Signal
from dualbrain.steering.subsystem import SteeringSubsystem
from dualbrain.tensorboard.description import card
from dualbrain.tensorboard.scalar_batching import batch_scalars

OVERVIEW = [
    REWARDS,
    SCORES,
    SHARES,
    BY_THOUGHTS,
    FROM_TRUTH,
    FROM_THOUGHT,
    PREDICTIONS,
    AUROC,
    CODE,
    IMAGINES,
    RANK,
    DEVIATION,
    STAGE,
    TD_ERRORS,
]
"""Charts of the overview, in order;"""
OF_A_SIGNAL = [PREDICTION, PAID, EVIDENCE, DOPAMINE, SKILL, LOSSES, WARNING]
"""and of the page of each signal."""


def install_layout(
    logger: Logger,
    steering: SteeringSubsystem,
    options: AssessorOptions | None,
    world: str,
    step: int,
    world_model: bool = False,
) -> None:
    """Give every TensorBoard run that ``logger`` writes its layout, and the card of what steers in which world."""
    batch_scalars(logger)
    for writer in writers(logger):
        writer.add_custom_scalars(layout(steering.signals, options is not None, world_model))
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


def raise_alarm(logger: Logger, alarm: Alarm) -> None:
    """Write an alarm into every TensorBoard run that ``logger`` writes, and as a warning to the log ``dualbrain``."""
    for writer in writers(logger):
        writer.add_text(f"alarm/{alarm.kind}", alarm.text, alarm.step)
    logging.getLogger("dualbrain").warning("step %s: %s", f"{alarm.step:,}", alarm.text)


def layout(
    signals: Mapping[str, Signal], assessed: bool = True, world_model: bool = False
) -> dict[str, dict[str, Any]]:
    """Return the custom-scalars layout, as `SummaryWriter.add_custom_scalars` takes it: charts of lines by page.

    ``signals`` go by full name; where they are not ``assessed``, charts of predictions are left out, and
    where the cortex is no ``world_model``, that of what it imagines. TensorBoard unfolds the first page.
    """
    own = {name: [title.replace(SIGNAL, name) for title in OF_A_SIGNAL] for name in signals}
    first = {"prediction against truth": [FORESEEN.replace(SIGNAL, name) for name in signals], "overview": OVERVIEW}
    lines = _lines({name: signal.is_probability for name, signal in signals.items()}, assessed, world_model)
    pages = {page: _charts(titles, lines) for page, titles in (first | own).items()}
    return {page: charts for page, charts in pages.items() if charts}


def _lines(signals: Mapping[str, bool], assessed: bool, world_model: bool) -> dict[str, list[str]]:
    """Return the tags that each chart shows, by its title."""
    lines: dict[str, list[str]] = {}
    for tag, key in written(signals, assessed, world_model=world_model).items():
        for title in key.charts:
            lines.setdefault(title.replace(SIGNAL, key.name_in(tag)), []).append(tag)
    return lines


def _charts(titles: list[str], lines: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return the charts that will have a line, each tag as a regular expression that matches it alone."""
    return {title: ["Multiline", [f"{re.escape(tag)}$" for tag in lines[title]]] for title in titles if title in lines}
