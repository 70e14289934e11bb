"""Keep the thoughts of a rollout while it is filled, and predict from them at its end."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dualbrain.cortex.experience import State
from dualbrain.cortex.stream import ThoughtStream
from dualbrain.training.rollout import Rollout
from dualbrain.training.windows import grid, stacked

Predict = Callable[[Tensor], tuple[NDArray[np.float32], NDArray[np.float32]]]
"""Return short and long predictions ``(..., K)`` for thoughts ``(..., Z)``."""


class RolloutThoughts:
    """The thoughts ``(N, Z)`` of each step, those of final observations, and the states that windows begin in.

    The states are kept as the agents had them (R2D2: Kapturowski et al., 2019, ICLR).
    """

    def __init__(self, stream: ThoughtStream, n_steps: int):
        self._stream, self._grid = stream, set(grid(n_steps, stream.cortex.window).tolist())
        self._thoughts: list[Tensor] = []
        self._states: list[State] = []
        self._finals: list[tuple[int, NDArray[np.int64], Tensor]] = []

    def keep(self, thought: Tensor) -> None:
        """Keep what was thought of a step's observations, which the stream has just thought of."""
        if len(self._thoughts) in self._grid:
            self._states.append(self._stream.before)
        self._thoughts.append(thought)

    def keep_finals(self, agents: NDArray[np.int64], thoughts: Tensor) -> None:
        """Keep what is thought ``(n, Z)`` of the final observations to which the same step led some ``agents``."""
        self._finals.append((len(self._thoughts) - 1, agents, thoughts))

    def fill(self, rollout: Rollout, predict: Predict, last: Tensor) -> None:
        """Write thoughts, predictions and states into the rollout; ``last`` is thought of what follows its last row."""
        rollout.thoughts = torch.stack(self._thoughts)
        rollout.short, rollout.long = predict(rollout.thoughts)
        rollout.last_long[:] = predict(last)[1]
        for t, agents, thoughts in self._finals:
            rollout.final_long[t, agents] = predict(thoughts)[1]
        rollout.states = stacked(self._states)
