"""A sample of the thoughts of a rollout, and what a world model imagines from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from dualbrain.cortex.experience import Windows
from dualbrain.cortex.world_models import WorldModel
from dualbrain.training.auxiliary import Predicting
from dualbrain.training.rollout import Rollout
from dualbrain.training.windows import unflattened

MOST_ROWS = 2048
"""Thoughts in a sample."""


@dataclass(frozen=True)
class ThoughtSample:
    """The first L steps of the first B agents of a rollout, and the thoughts of these."""

    windows: Windows
    thoughts: Tensor
    """(L, B, Z) without gradient"""

    def of_present(self) -> Tensor:
        """Return the thoughts ``(R, Z)`` of present agents."""
        return self.thoughts[self.windows.present]

    def known_ahead(self) -> Tensor:
        """Return ``(L, B)``: how many of the steps that follow belong to the same episode and are in the sample."""
        length, n = self.windows.present.shape
        step = torch.arange(length, device=self.thoughts.device)[:, None].expand(-1, n)
        ends = torch.where(self.windows.follows(), length, step[:-1])
        last = torch.cat([ends, step[-1:]]).flip(0).cummin(0).values.flip(0)
        return last - step

    def imagine(self, cortex: WorldModel, steps: Tensor, agents: Tensor, ahead: int) -> Iterator[Tensor]:
        """Yield the thoughts ``(S, Z)`` imagined 1, 2, ... ``ahead`` steps after some rows, by the actions taken.

        Rows are given by their steps and agents ``(S,)``. What is yielded for steps after an episode's end means
        nothing: see `known_ahead`.
        """
        thought, last = self.thoughts[steps, agents], len(self.thoughts) - 1
        for k in range(ahead):
            thought = cortex.imagine(thought, self.windows.actions[(steps + k).clamp(max=last), agents])
            yield thought


def sample_thoughts(network: Predicting, rollout: Rollout, most: int = MOST_ROWS) -> ThoughtSample:
    """Return the thoughts of at most so many rows of a rollout, which must have its observations and be complete."""
    length, n = min(rollout.n_steps, most), max(most // rollout.n_steps, 1)

    def some(rows: NDArray[Any] | None) -> Tensor:
        assert rows is not None
        return torch.as_tensor(rows[:length, :n], device=network.device)

    def flat(rows: Any) -> Any:
        if isinstance(rows, dict):
            return {part: flat(values) for part, values in rows.items()}
        return some(rows).flatten(0, 1)

    obs = unflattened(network.percept(flat(rollout.observations)), length)
    starts, present = some(rollout.episode_starts), some(rollout.present)
    state = tuple(part[0, :n] for part in rollout.states)
    windows = Windows(obs, some(rollout.executed), starts, present, state)
    with torch.no_grad():
        return ThoughtSample(windows, network.cortex.unroll(windows))
