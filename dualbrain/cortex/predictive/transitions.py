"""From a thought to the next one: what an action, or none, does to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from torch import Tensor, nn
from torch.nn import functional

from dualbrain.cortex.predictive.encoders import dense
from dualbrain.errors import UserError

CODE = 32
"""Width of the code of an action."""


class ActionCodes(nn.Module):
    """Codes ``(N, C)`` of actions, and of two more: no action is chosen yet, and only the present is completed.

    Discrete actions have an embedding, those of MultiDiscrete the sum of one per entry; others a linear layer, on
    numbers that are scaled to [-1, 1] where they are bounded. Raises `UserError` for other spaces.
    """

    def __init__(self, space: spaces.Space[Any]):
        super().__init__()
        self.read = _reader(space)
        self.undecided = nn.Parameter(torch.randn(CODE))
        self.now = nn.Parameter(torch.randn(CODE))

    def forward(self, actions: Tensor) -> Tensor:
        """Return the codes of actions ``(N, ...)``."""
        code: Tensor = self.read(actions)
        return code


class _Embedded(nn.Module):
    """The sum of the embeddings of an action's entries."""

    first: Tensor

    def __init__(self, choices: np.ndarray[Any, Any]):
        super().__init__()
        first = np.cumsum([0, *choices[:-1]])
        self.register_buffer("first", torch.as_tensor(first), persistent=False)
        self.table = nn.Embedding(int(choices.sum()), CODE)

    def forward(self, actions: Tensor) -> Tensor:
        code: Tensor = self.table(actions.reshape(len(actions), -1).long() + self.first).sum(1)
        return code


class _Linear(nn.Module):
    """A linear layer on numbers of one scale."""

    middle: Tensor
    reach: Tensor

    def __init__(self, low: np.ndarray[Any, Any], high: np.ndarray[Any, Any]):
        super().__init__()
        bounded = np.isfinite(low) & np.isfinite(high) & (high > low)
        low, high = np.where(bounded, low, -1.0), np.where(bounded, high, 1.0)
        self.register_buffer("middle", torch.as_tensor((low + high) / 2, dtype=torch.float32), persistent=False)
        self.register_buffer("reach", torch.as_tensor((high - low) / 2, dtype=torch.float32), persistent=False)
        self.layer = nn.Linear(low.size, CODE)

    def forward(self, actions: Tensor) -> Tensor:
        return functional.linear(
            (actions.flatten(start_dim=1).float() - self.middle) / self.reach, self.layer.weight, self.layer.bias
        )


def _reader(space: spaces.Space[Any]) -> nn.Module:
    match space:
        case spaces.Discrete():
            return _Embedded(np.array([space.n]))
        case spaces.MultiDiscrete():
            return _Embedded(space.nvec.ravel())
        case spaces.MultiBinary():
            n = spaces.flatdim(space)
            return _Linear(np.zeros(n), np.ones(n))
        case spaces.Box():
            return _Linear(space.low.ravel().astype(np.float64), space.high.ravel().astype(np.float64))
    raise UserError(f"the predictive cortex cannot read actions of {space}: use Discrete, MultiDiscrete or Box")


class Predictor(nn.Module):
    """``z + f([z, code])`` by each of M networks f, which begin apart and learn from the same."""

    def __init__(self, width: int, hidden: Sequence[int], members: int):
        super().__init__()
        self.networks = nn.ModuleList(dense(width + CODE, *hidden, width) for _ in range(members))

    def forward(self, thought: Tensor, code: Tensor) -> Tensor:
        """Return the predictions ``(M, N, Z)`` for thoughts ``(N, Z)`` and codes ``(N, C)`` or ``(C,)``."""
        known = torch.cat([thought, code.expand(len(thought), -1)], dim=1)
        return torch.stack([thought + network(known) for network in self.networks])
