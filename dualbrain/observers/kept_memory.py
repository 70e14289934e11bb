"""Keep the memory of a cortex, and where its random stream is, in checkpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dualbrain.training.observer import Observer
from dualbrain.training.replay.cortex_learning import CortexLearning


class KeptMemory(Observer):
    """Observes nothing; its state is that of a `CortexLearning`."""

    def __init__(self, learning: CortexLearning):
        self._learning = learning

    def state_dict(self) -> dict[str, Any]:
        """Return memory and random stream."""
        return self._learning.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put them back; raises an error for anything else."""
        self._learning.load_state_dict(state)
