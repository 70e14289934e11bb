"""Rollout buffers that train the policy on its own actions only: rows of reflexes and of absent agents are left out."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from stable_baselines3.common.buffers import DictRolloutBuffer, RolloutBuffer

from dualbrain.cortex.reading import Noted
from dualbrain.training.rollout import flatten


class MaskedRolloutBuffer(RolloutBuffer):
    """Mix-in that leaves rows of reflexes and of absent agents out of the policy's minibatches.

    Advantages still run through reflexes, but never through absence, since death comes before it. Where no row is
    left out every minibatch is SB3's own, row for row.
    """

    left_out: NDArray[np.bool_] | None = None
    """(N * T,) flattened rows to leave out, or None."""
    present: NDArray[np.bool_] | None = None
    """(T, N) rows in which the agent took part in the step; None: all."""
    thoughts: torch.Tensor | None = None
    """(N * T, Z) flattened, what was thought of each observation; None where actor and critic do not read it."""

    def compute_returns_and_advantage(self, last_values: torch.Tensor, dones: NDArray[np.bool_]) -> None:
        """Compute advantages and returns as SB3 does; absent rows are set to 0, since 0 times infinity is NaN."""
        if self.present is not None and not self.present.all():
            self.values[~self.present] = self.rewards[~self.present] = 0.0
        super().compute_returns_and_advantage(last_values, dones)

    def get(self, batch_size: int | None = None) -> Generator[Any, None, None]:
        """Yield minibatches of the rows that are not left out."""
        for samples in super().get(batch_size):
            if len(samples.old_values):
                yield samples

    def flat_observations(self) -> Any:
        """Return observations ``(N * T, ...)``, or a dict of such."""
        if self.generator_ready:  # SB3 has flattened them when it drew the first minibatch
            return self.observations
        kept: Any = self.observations
        return {key: flatten(part) for key, part in kept.items()} if isinstance(kept, dict) else flatten(kept)

    def _get_samples(self, batch_inds: NDArray[np.int64], env: Any = None) -> Any:
        if self.left_out is not None:
            batch_inds = batch_inds[~self.left_out[batch_inds]]
        samples = super()._get_samples(batch_inds, env)
        if self.thoughts is None:
            return samples
        noted: Any = Noted(samples.observations, self.thoughts[batch_inds])
        return samples._replace(observations=noted)


class BrainRolloutBuffer(MaskedRolloutBuffer):
    """SB3's rollout buffer with voluntary rows only."""


class BrainDictRolloutBuffer(MaskedRolloutBuffer, DictRolloutBuffer):
    """SB3's rollout buffer for Dict observations with voluntary rows only."""
