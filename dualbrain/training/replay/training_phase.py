"""One training phase of heads and cortex: on the rollout alone, or by the schedule of a cortex."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.heads.options import AssessorOptions
from dualbrain.training.auxiliary import Predicting, train_auxiliary, train_long_heads
from dualbrain.training.replay.cortex_learning import CortexLearning
from dualbrain.training.rollout import Rollout


def train_assessors(
    network: Predicting,
    learning: CortexLearning | None,
    observations: Any,
    rollout: Rollout,
    options: AssessorOptions,
    batch_size: int,
    shuffle: np.random.Generator,
    active: NDArray[np.bool_],
) -> dict[str, float]:
    """Let heads and cortex learn from a rollout; return the mean losses by key.

    A cortex with a schedule learns by ``learning``, and the short heads with it; then the long heads do, alone. See
    `train_auxiliary` for the arguments, and what is to be observed.
    """
    own = {}
    if learning is None:
        losses = train_auxiliary(network, observations, rollout, options, batch_size, shuffle, active)
    else:
        short, whole = rollout.targets.short, rollout.n_steps // learning.memory.length
        states = [rows[:whole].cpu().numpy() for rows in rollout.states]  # not of a last window that overlaps
        own = learning.learn(rollout, short, observations, active, options.unlearn, options.detach, states)
        losses = train_long_heads(network, observations, rollout, options, batch_size, shuffle, active)
    return {"train/assessor_loss": losses.total, **losses.scalars(list(rollout.signals)), **own}
