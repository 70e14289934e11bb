"""Average TD errors around one kind of event, at several times of training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.drawing.figures import Around, Shift
from dualbrain.scalars.metrics import spaced
from dualbrain.scalars.timeline import Average, Indices, Timeline, average
from dualbrain.training.log_schedule import PICTURES

BEFORE, AFTER = 12, 12
"""Steps looked at before and after an event."""
MOST_EVENTS = 512
"""Events that are averaged; of more, evenly spaced ones."""


@dataclass(frozen=True)
class EventTriggeredAverage:
    """The TD errors of H heads around E events."""

    heads: Sequence[str]
    windows: NDArray[np.float32]
    """(E, W, H), NaN beyond the episode and beyond what is known."""
    total: int
    """How many events there were."""

    @cached_property
    def average(self) -> Average:
        """Mean and standard error, ``(W, H)``."""
        return average(self.windows)

    @property
    def strongest(self) -> int:
        """Index of the head with the clearest response: its mean in that step is farthest from 0 in standard errors."""
        if not self.total:
            return 0
        mean, sem = np.abs(self.average.mean[BEFORE]), self.average.sem[BEFORE]
        return int(np.argmax(np.where(sem > 0.0, mean / np.where(sem > 0.0, sem, 1.0), mean)))

    def drawn(self, title: str) -> Around:
        """Return what is to be drawn of it: the head that answers most clearly."""
        head = self.strongest
        mean, sem = self.average.mean[:, head], self.average.sem[:, head]
        about = "its own" if self.heads[head] == title else self.heads[head]
        return Around(title, about, self.windows[..., head], Average(mean, sem, len(self.windows)), BEFORE, self.total)


def event_triggered(
    timeline: Timeline, errors: NDArray[np.float32], heads: Sequence[str], onsets: Indices
) -> EventTriggeredAverage:
    """Return what the TD errors ``(S, H)`` were around events that begin at the steps ``onsets`` ``(E,)``."""
    return EventTriggeredAverage(
        heads, timeline.around(errors, spaced(onsets, MOST_EVENTS), BEFORE, AFTER), len(onsets)
    )


class Memory:
    """Mean responses to one kind of event at the latest times of training, and at the first."""

    def __init__(self) -> None:
        self._means: list[tuple[int, dict[str, NDArray[np.float32]]]] = []
        self._head = ""

    def is_whole(self) -> bool:
        """Return whether it is what `keep` makes: one that was read from a file may be anything."""
        times = self._means if isinstance(self._means, list) else [None]
        pairs = all(isinstance(each, tuple) and len(each) == 2 and type(each[0]) is int for each in times)
        if not pairs or type(self._head) is not str or not all(isinstance(each, dict) for _, each in self._means):
            return False
        return all(_is_mean(mean) for _, each in self._means for mean in each.values())

    def keep(self, step: int, response: EventTriggeredAverage) -> None:
        """Keep the means of all heads, if there was an event, and the head with the clearest response."""
        self._head = response.heads[response.strongest]
        if response.total:
            means = response.average.mean.T.astype(np.float32)
            self._means.append((step, dict(zip(response.heads, means, strict=True))))
        if len(self._means) > PICTURES:
            del self._means[1]

    def drawn(self, title: str) -> Shift:
        """Return what is to be drawn of it: the head that answered most clearly at last, at all times that knew it."""
        known = [(step, means[self._head]) for step, means in self._means if self._head in means]
        about = "its own" if self._head == title else self._head
        return Shift(title, about, [step for step, _ in known], [mean for _, mean in known], BEFORE)


def _is_mean(mean: Any) -> bool:
    return isinstance(mean, np.ndarray) and mean.dtype == np.float32 and mean.shape == (BEFORE + 1 + AFTER,)
