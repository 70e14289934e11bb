"""One training phase of heads and cortex: on the rollout alone, or by the schedule of a cortex."""

from __future__ import annotations

from dualbrain.training.auxiliary import TrainingPhase, train_auxiliary, train_long_heads
from dualbrain.training.replay.cortex_learning import CortexLearning


def train_assessors(phase: TrainingPhase, learning: CortexLearning | None) -> dict[str, float]:
    """Let heads and cortex learn from a rollout; return the mean losses by key.

    A cortex with a schedule learns by ``learning``, and the short heads with it; then the long heads do, alone.
    """
    rollout, options, own = phase.rollout, phase.options, {}
    if learning is None:
        losses = train_auxiliary(phase)
    else:
        short, whole = rollout.targets.short, rollout.n_steps // learning.memory.length
        states = [rows[:whole].cpu().numpy() for rows in rollout.states]  # not of a last window that overlaps
        own = learning.learn(rollout, short, phase.observations, phase.active, options.unlearn, options.detach, states)
        losses = train_long_heads(phase)
    return {"train/assessor_loss": losses.total, **losses.scalars(list(rollout.signals)), **own}
