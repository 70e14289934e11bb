"""Draw the pictures of a rollout: prediction skill, and TD errors around events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.drawing.event_triggered import EventTriggeredAverage, Memory, respond
from dualbrain.drawing.figures import Judged, around_figure, reliability_figure, shift_figure
from dualbrain.heads.targets import Bools, Floats
from dualbrain.scalars.instruments import leads_of, valence_errors
from dualbrain.scalars.metrics import by_column, hits, reliability
from dualbrain.scalars.timeline import Timeline
from dualbrain.tensorboard.charts import write_leads, write_pr_curve
from dualbrain.tensorboard.images import write_picture

if TYPE_CHECKING:
    from agents.ppo import DualBrainPPO
    from dualbrain.training.rollout import Rollout


def chart_foresight(agent: DualBrainPPO, record: Rollout, writers: Sequence[Any], step: int) -> None:
    """Write precision and recall, lead times and reliability of the [0, 1] signals' short assessors."""
    if agent.policy.assessors is None:
        return
    signals, short = agent.steering.signals, record.targets.short
    taught = short.evidence & short.whole & record.present[..., None]
    prediction, target, taught = (by_column(rows) for rows in (record.short, short.target, taught))
    judged = {
        name: _judge(name, prediction[k], target[k], taught[k], writers, step)
        for k, (name, signal) in enumerate(signals.items())
        if signal.is_probability
    }
    if judged:
        write_picture(writers, "assessor/reliability", reliability_figure(judged), step)
    for name, steps in leads_of(signals, _timeline(agent, record), record, record.targets).items():
        write_leads(writers, f"assessor/{name}.leads", steps, step)


def _judge(name: str, prediction: Floats, target: Floats, taught: Bools, writers: Sequence[Any], step: int) -> Judged:
    """Judge one signal by the rows that have a target; columns are ``(R,)``."""
    rows = np.flatnonzero(taught)
    prediction, target = prediction[rows], target[rows]
    came = target > 0.0
    if came.any():
        write_pr_curve(writers, f"assessor/{name}.pr", hits(prediction, came), step)
    return Judged(reliability(prediction, target), int(np.count_nonzero(came)))


def chart_dopamine(agent: DualBrainPPO, record: Rollout, writers: Sequence[Any], step: int) -> None:
    """Write dopamine around what the drives call events, and around the world's cues; remember both.

    Events are shown with the dopamine of their own signal, cues with that which answers them most clearly.
    """
    timeline = _timeline(agent, record)
    heads, errors = _dopamine(agent, record, timeline)
    events, happens = {}, timeline.columns((record.truth != 0.0) & ~np.isnan(record.truth))
    for k, name in enumerate(agent.steering.signals):
        onsets = timeline.onsets(happens[k])
        own = slice(k, k + 1) if name in heads else slice(0, 1)
        events[name] = respond(timeline, errors[:, own], heads[own], onsets)
    cues = {
        f"cue: {name}": respond(timeline, errors, heads, timeline.onsets(timeline.lay(there)))
        for name, there in record.cues.items()
    }
    _draw(writers, "dopamine/around_events", "Dopamine around events", events, step)
    _draw(writers, "dopamine/around_cues", "Dopamine around cues", cues, step)
    for name, response in {**events, **cues}.items():
        agent.responses.setdefault(name, Memory()).keep(step, response)


def chart_shift(agent: DualBrainPPO, record: Rollout, writers: Sequence[Any], step: int) -> None:  # noqa: ARG001
    """Write how dopamine has shifted in the course of training, by what is remembered of it."""
    shifts = [memory.drawn(name) for name, memory in agent.responses.items()]
    write_picture(writers, "dopamine/shift", shift_figure(shifts, "Dopamine in the course of training"), step)


def _draw(writers: Sequence[Any], tag: str, title: str, found: dict[str, EventTriggeredAverage], step: int) -> None:
    if found:
        drawn = [response.drawn(name) for name, response in found.items()]
        write_picture(writers, tag, around_figure(drawn, title), step)


def _timeline(agent: DualBrainPPO, record: Rollout) -> Timeline:
    return Timeline.of_rollout(agent.rollout_buffer.episode_starts, record.present)


def _dopamine(agent: DualBrainPPO, record: Rollout, timeline: Timeline) -> tuple[list[str], NDArray[np.float32]]:
    """Return names and TD errors ``(S, H)`` of the long heads, or of the critic where there are no heads."""
    assessors, buffer = agent.policy.assessors, agent.rollout_buffer
    if assessors is not None:
        return list(agent.steering.signals), timeline.lay(record.long_errors)
    errors = valence_errors(buffer.advantages, buffer.episode_starts, agent.gamma, agent.gae_lambda)
    return ["valence"], timeline.lay(errors)[:, None]
