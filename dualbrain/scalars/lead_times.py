"""Measure for how many steps before an event its prediction exceeds a threshold."""

from __future__ import annotations

import numpy as np

from dualbrain.heads.targets import Bools, Floats
from dualbrain.scalars.metrics import spaced
from dualbrain.scalars.timeline import Indices, Timeline

MOST = 4096
"""Events, and calm windows, that lead times are taken from; of more, evenly spaced ones."""
FALSE_ALARMS = 0.05
"""Share of the windows without an event in which the alarm may sound. A threshold that made the most of hits would let
an assessor that sees nothing sound it always, and so seem to foresee everything."""


def alarm_level(calm: Floats) -> float:
    """Return the prediction that an alarm must exceed, from predictions ``(R,)`` in windows in which nothing happened.

    NaN without such windows, where no threshold is defined.
    """
    return float(np.quantile(calm, 1.0 - FALSE_ALARMS)) if len(calm) else np.nan


def lead_times(timeline: Timeline, prediction: Floats, onsets: Indices, level: float, horizon: int) -> Indices:
    """Return for how many steps ``(E,)`` the alarm had sounded, without a break, when each event began.

    ``prediction`` is ``(S,)``. The step that brings the event counts as 1, for the prediction was made before it; 0
    means no warning. Beyond the signal's ``horizon`` nothing is predicted, so none is longer.

    >>> line = Timeline(np.zeros(5, int), np.array([1, 0, 0, 0, 0]) > 0)
    >>> lead_times(line, np.array([0.9, 0.1, 0.8, 0.9, 0.2]), np.array([3, 4]), 0.5, horizon=4)
    array([2, 0])
    """
    back = timeline.around(prediction, onsets, horizon - 1, 0)[:, ::-1]
    silent = ~(back > level)
    return np.where(silent.any(axis=1), silent.argmax(axis=1), horizon)


def leads(timeline: Timeline, prediction: Floats, event: Bools, calm: Bools, horizon: int) -> Indices:
    """Return the lead times ``(E,)`` of the events of a signal; its prediction, and whether it happens, are ``(S,)``.

    ``calm`` ``(S,)`` marks the windows in which nothing happened; without them the result is empty. Events that come so
    soon after the rollout's beginning that the alarm may have sounded before it are left out.
    """
    if not event.any():
        return np.zeros(0, np.int64)
    onsets = timeline.onsets(event)
    first = np.searchsorted(timeline.episode, timeline.episode[onsets])
    onsets = onsets[timeline.begins[first] | (onsets - first >= horizon - 1)]
    level = alarm_level(prediction[spaced(np.flatnonzero(calm), MOST)])
    if np.isnan(level):
        return onsets[:0]
    return lead_times(timeline, prediction, spaced(onsets, MOST), level, horizon)
