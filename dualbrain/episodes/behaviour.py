"""Measure behaviour by the world's senses, added up or averaged over each episode."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.heads.targets import Bools
from dualbrain.steering.sense import EXTRINSIC_REWARD, Sense

EVENT, ACTION = "event", "action"
"""Units of senses that tell whether something happened, and of those that are no measurement but advice."""

Figures = NDArray[np.float64]


def measured(senses: Mapping[str, Sense]) -> list[str]:
    """Return the senses that say something about behaviour; the score, which is the world's reward, is known anyway."""
    return [name for name, sense in senses.items() if sense.unit != ACTION and name != EXTRINSIC_REWARD.name]


def is_counted(sense: Sense) -> bool:
    """Return whether a sense is an event, which is counted per episode; any other is averaged over its steps."""
    return sense.unit == EVENT


class Tally:
    """Adds up, episode by episode, what N agents sensed."""

    def __init__(self, senses: Mapping[str, Sense], n: int):
        self.senses = {name: senses[name] for name in measured(senses)}
        self._counted = np.array([is_counted(sense) for sense in self.senses.values()], bool)[:, None]
        self._sums = np.zeros((len(self.senses), n))
        self._ended: list[Figures] = [np.zeros((len(self.senses), 0))]

    def step(self, sensed: Mapping[str, NDArray[Any]], present: Bools) -> None:
        """Add what a step of N agents made them sense, each ``(N,)``."""
        if self.senses:
            values = np.stack([sensed[name] for name in self.senses])
            self._sums += values if present.all() else np.where(present, values, 0.0)

    def close(self, dones: Bools, counts: Bools, lengths: NDArray[np.int64]) -> None:
        """End the episodes of ``dones``, and keep those that count; each argument is ``(N,)``."""
        ended = dones & counts
        sums = self._sums[:, ended]
        self._ended.append(np.where(self._counted, sums, sums / np.maximum(lengths[ended], 1)))
        self._sums[:, dones] = 0.0

    @property
    def episodes(self) -> dict[str, Figures]:
        """Return ``{sense: (E,)}`` in the order in which episodes ended: counts of events, means of all others."""
        return dict(zip(self.senses, np.concatenate(self._ended, axis=1), strict=True))
