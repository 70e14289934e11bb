"""Undo an update that leaves a number not finite, and name the parts and the inputs that did so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.optim import Optimizer

from agents.policy import BrainPolicy
from dualbrain.training.rollout import Rollout

LOSSES = ("loss", "policy_gradient_loss", "value_loss", "entropy_loss", "assessor_loss", "cortex_loss")
"""Figures of the log, under ``train/``, that must be finite."""
PARTS = {
    "actor": ("action_net", "log_std", "mlp_extractor.policy_net", "pi_features_extractor"),
    "critic": ("value_net", "mlp_extractor.value_net", "vf_features_extractor", "features_extractor"),
    "cortex": ("cortex",),
    "slow copy": ("slow",),
}
"""How parts of a policy are called, by the beginnings of their parameters' names."""


class Safeguard:
    """A copy of the parameters, buffers and optimizers' moments of a policy."""

    def __init__(self, policy: BrainPolicy):
        optimizers = [policy.optimizer, *filter(None, [policy.assessor_optimizer, policy.cortex_optimizer])]
        self._unused = [optimizer for optimizer in optimizers if not optimizer.state]
        self._tensors = [*_numbers(policy), *(tensor for optimizer in optimizers for tensor in _moments(optimizer))]
        self._kept = [tensor.detach().clone() for tensor in self._tensors]

    @torch.no_grad()
    def restore(self) -> None:
        """Restore the policy."""
        for tensor, kept in zip(self._tensors, self._kept, strict=True):
            tensor.copy_(kept)
        for optimizer in self._unused:
            optimizer.state.clear()


def broken_parts(policy: BrainPolicy) -> list[str]:
    """Return the parts of a policy with numbers that are not finite, heads by the full names of their signals."""
    together = torch.cat([tensor.detach().reshape(-1).float() for tensor in _numbers(policy)])
    if torch.isfinite(together.sum()):
        return []
    found = [part for name, tensor in _named(policy) for part in _broken(policy, name, tensor.detach())]
    return list(dict.fromkeys(found))


def broken_losses(log: Mapping[str, Any]) -> list[str]:
    """Return the losses of a training phase that are not finite, as the log names them."""
    return [f"train/{name}" for name in LOSSES if not np.isfinite(log.get(f"train/{name}", 0.0))]


def extremes(rollout: Rollout, signals: Iterable[str]) -> str:
    """Describe the largest reward and signal of a rollout, which are the usual cause of a non-finite update."""
    names, present = list(signals), rollout.present
    reward = np.where(present, rollout.reward, 0.0)
    step, env = _place(reward)
    k = int(np.abs(rollout.from_truth + rollout.from_thought)[step, env].argmax())
    reward_text = (
        f"largest reward of the rollout: {reward[step, env]:g}, paid by {names[k]} in environment {env}, step {step}"
    )
    settled = np.where(present[..., None], rollout.settled, 0.0)
    t, i, s = _place(settled)
    return f"{reward_text}; largest signal: {names[s]} = {settled[t, i, s]:g} in environment {i}, step {t}"


def _place(values: NDArray[Any]) -> tuple[int, ...]:
    return tuple(map(int, np.unravel_index(np.abs(values).argmax(), values.shape)))


def _named(policy: BrainPolicy) -> Iterator[tuple[str, Tensor]]:
    for name, tensor in (*policy.named_parameters(), *policy.named_buffers()):
        if tensor.is_floating_point():
            yield name, tensor


def _numbers(policy: BrainPolicy) -> Iterator[Tensor]:
    return (tensor for _, tensor in _named(policy))


def _moments(optimizer: Optimizer) -> Iterator[Tensor]:
    for moments in optimizer.state.values():
        yield from (tensor for tensor in moments.values() if isinstance(tensor, Tensor))


def _broken(policy: BrainPolicy, name: str, tensor: Tensor) -> list[str]:
    """Return what is broken in a parameter or buffer: nothing, the part that it belongs to, or single heads."""
    bad = ~torch.isfinite(tensor)
    if not bad.any():
        return []
    owner, _, head = name.partition(".")
    if owner == "assessors" and policy.assessors is not None:
        rows = bad.reshape(len(policy.assessors.names), -1).any(dim=1).nonzero().flatten().tolist()
        return [f"the {head.partition('.')[0]} head of {policy.assessors.names[row]}" for row in rows]
    return [next((f"the {part}" for part, begins in PARTS.items() if name.startswith(begins)), name)]
