"""Draw the charts of a rollout: prediction skill, and TD errors around events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.drawing.event_triggered import EventTriggeredAverage, Memory, event_triggered
from dualbrain.drawing.figures import Judged, around_figure, reliability_figure, shift_figure
from dualbrain.heads.targets import Bools, Floats
from dualbrain.scalars.instruments import leads_of
from dualbrain.scalars.metrics import by_column, hits, reliability
from dualbrain.scalars.timeline import Timeline
from dualbrain.tensorboard.charts import write_leads, write_pr_curve
from dualbrain.tensorboard.images import write_picture
from dualbrain.training.rollout import VALENCE, Rollout


def chart_reliability(rollout: Rollout, writers: Sequence[Any], step: int) -> None:
    """Write precision and recall, lead times and reliability of the [0, 1] signals' short heads."""
    if not rollout.predicted:
        return
    signals, short = rollout.signals, rollout.targets.short
    taught = short.evidence & short.complete & rollout.present[..., None]
    prediction, target, taught = (by_column(rows) for rows in (rollout.short, short.target, taught))
    judged = {
        name: _judge(name, prediction[k], target[k], taught[k], writers, step)
        for k, (name, signal) in enumerate(signals.items())
        if signal.is_probability
    }
    if judged:
        write_picture(writers, "assessor/reliability", reliability_figure(judged), step)
    for name, steps in leads_of(signals, _timeline(rollout), rollout, rollout.targets).items():
        write_leads(writers, f"assessor/{name}.leads", steps, step)


def _judge(name: str, prediction: Floats, target: Floats, taught: Bools, writers: Sequence[Any], step: int) -> Judged:
    """Judge one signal by the rows that have a target; columns are ``(R,)``."""
    rows = np.flatnonzero(taught)
    prediction, target = prediction[rows], target[rows]
    came = target > 0.0
    if came.any():
        write_pr_curve(writers, f"assessor/{name}.pr", hits(prediction, came), step)
    return Judged(reliability(prediction, target), int(np.count_nonzero(came)))


class DopamineCharts:
    """TD errors around what the drives call events, and around the world's cues; ``memory`` keeps what was drawn.

    Events are shown with the TD errors of their own signal, cues with those that answer them most clearly.
    """

    def __init__(self, memory: dict[str, Memory]):
        self._memory = memory

    def around(self, rollout: Rollout, writers: Sequence[Any], step: int) -> None:
        """Write those of this rollout, and remember them."""
        timeline = _timeline(rollout)
        heads, errors = _dopamine(rollout, timeline)
        if not heads:
            return
        events = _around_events(rollout, timeline, heads, errors)
        cues = {
            f"cue: {name}": event_triggered(timeline, errors, heads, timeline.onsets(timeline.lay(there)))
            for name, there in rollout.cues.items()
        }
        _draw(writers, "dopamine/around_events", "Dopamine around events", events, step)
        _draw(writers, "dopamine/around_cues", "Dopamine around cues", cues, step)
        for name, response in {**events, **cues}.items():
            self._memory.setdefault(name, Memory()).keep(step, response)

    def shift(self, rollout: Rollout, writers: Sequence[Any], step: int) -> None:
        """Write how TD errors have shifted in the course of training, by what is remembered of them."""
        shifts = [memory.drawn(name) for name, memory in self._memory.items()]
        if rollout.td_errors:
            write_picture(writers, "dopamine/shift", shift_figure(shifts, "Dopamine in the course of training"), step)


def _around_events(
    rollout: Rollout, timeline: Timeline, heads: list[str], errors: NDArray[np.float32]
) -> dict[str, EventTriggeredAverage]:
    happens, events = timeline.columns((rollout.truth != 0.0) & ~np.isnan(rollout.truth)), {}
    for k, name in enumerate(rollout.signals):
        own = slice(k, k + 1) if name in heads else slice(0, 1)
        events[name] = event_triggered(timeline, errors[:, own], heads[own], timeline.onsets(happens[k]))
    return events


def _draw(writers: Sequence[Any], tag: str, title: str, found: dict[str, EventTriggeredAverage], step: int) -> None:
    if found:
        drawn = [response.drawn(name) for name, response in found.items()]
        write_picture(writers, tag, around_figure(drawn, title), step)


def _timeline(rollout: Rollout) -> Timeline:
    return Timeline.of_rollout(rollout.episode_starts, rollout.present)


def _dopamine(rollout: Rollout, timeline: Timeline) -> tuple[list[str], NDArray[np.float32]]:
    """Return names and TD errors ``(S, H)`` of the long heads, or of the value function where there are no heads."""
    if rollout.predicted:
        return list(rollout.signals), timeline.lay(rollout.long_errors)
    if rollout.valence_errors is None:
        return [], np.zeros((0, 0), np.float32)
    return [VALENCE], timeline.lay(rollout.valence_errors)[:, None]
