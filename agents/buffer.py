"""Rollout buffers that keep reflexes from the policy: what it did not choose teaches it nothing about choosing."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.buffers import DictRolloutBuffer, RolloutBuffer

from agents.record import flatten


class VoluntaryRows(RolloutBuffer):
    """Mix-in: rows in which a reflex pre-empted the policy are left out of its minibatches.

    Advantages still run through them. Without reflexes every minibatch is SB3's own, row for row.
    """

    involuntary: NDArray[np.bool_] | None = None
    """(N * T,) flattened rows to leave out, or None."""

    def get(self, batch_size: int | None = None) -> Generator[Any, None, None]:
        """Yield minibatches of voluntary rows."""
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
        if self.involuntary is not None:
            batch_inds = batch_inds[~self.involuntary[batch_inds]]
        return super()._get_samples(batch_inds, env)


class BrainRolloutBuffer(VoluntaryRows):
    """SB3's rollout buffer without involuntary rows."""


class BrainDictRolloutBuffer(VoluntaryRows, DictRolloutBuffer):
    """SB3's rollout buffer for Dict observations without involuntary rows."""
