"""Train the thought assessors on a rollout, in their own passes over all rows of present agents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from agents.policy import BrainPolicy
from dualbrain.heads.options import AssessorOptions
from dualbrain.training.rollout import Rollout, flatten


def train_assessors(
    policy: BrainPolicy,
    observations: Any,
    record: Rollout,
    options: AssessorOptions,
    batch_size: int,
    shuffle: np.random.Generator,
    awake: NDArray[np.bool_],
) -> float:
    """Fit short and long heads (and the trunk, unless detached) to a rollout's targets; return the mean loss.

    ``observations`` are flattened ``(N * T, ...)`` as in SB3's buffer, or a dict of such. Gradients are cleared
    before and after, since SB3 clips the norm over all of the policy's parameters. Rows of reflexes teach, those of
    absent agents do not; at least one row must be present. Heads of signals that are not ``awake`` ``(K,)`` stay as
    they are.
    """
    assert policy.assessors is not None
    lived = np.flatnonzero(flatten(record.present))
    everybody = len(lived) == record.present.size
    targets = [
        torch.as_tensor(flatten(rows) if everybody else flatten(rows)[lived], device=policy.device)
        for rows in _targets(record, options)
    ]
    policy.assessors.set_learning(torch.as_tensor(awake, device=policy.device))
    losses = []
    policy.set_training_mode(True)
    policy.zero_grad(set_to_none=True)
    with policy.assessors.resting():
        policy.assessors.follow(*targets)
        for rows in _minibatches(len(targets[0]), batch_size, options.epochs, shuffle):
            seen = _take(observations, rows if everybody else lived[rows])
            loss = _loss(policy, seen, [target[rows] for target in targets], options.detach)
            losses.append(_step(policy, loss, options.max_grad_norm))
    policy.update_ema()
    return float(np.mean(losses))


def _targets(record: Rollout, options: AssessorOptions) -> list[NDArray[np.float32]]:
    """Return short target, its weight and long target, each ``(T, N, K)``."""
    short = record.targets.short
    return [short.target, short.weights(options.unlearn), record.targets.long]


def _minibatches(n: int, size: int, epochs: int, shuffle: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    for _ in range(epochs):
        order = shuffle.permutation(n)
        yield from (order[start : start + size] for start in range(0, n, size))


def _take(observations: Any, rows: NDArray[np.int64]) -> Any:
    if isinstance(observations, dict):
        return {key: torch.as_tensor(part[rows]) for key, part in observations.items()}
    return torch.as_tensor(observations[rows])


def _loss(policy: BrainPolicy, obs: Any, targets: list[Tensor], detach: bool) -> Tensor:
    assert policy.assessors is not None
    obs = {k: v.to(policy.device) for k, v in obs.items()} if isinstance(obs, dict) else obs.to(policy.device)
    with torch.set_grad_enabled(not detach):
        thought = policy.think(obs)
    return policy.assessors.loss(thought, *targets)


def _step(policy: BrainPolicy, loss: Tensor, max_grad_norm: float) -> float:
    optimizer = policy.assessor_optimizer
    assert optimizer is not None
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_([p for group in optimizer.param_groups for p in group["params"]], max_grad_norm)
    optimizer.step()
    policy.zero_grad(set_to_none=True)
    return loss.item()
