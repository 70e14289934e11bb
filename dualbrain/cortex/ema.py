"""The slow copy (EMA copy): the reward reads averaged parameters, so that it is no moving target."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Generic, TypeVar

import torch
from torch import nn

from dualbrain.cortex.interface import Cortex

Heads = TypeVar("Heads", bound=nn.Module)


class EMACopy(nn.ModuleList, Generic[Heads]):
    """Copies of a cortex and of heads on it that follow the live ones by an exponential moving average.

    They have no gradient. Registered are the modules of the cortex's trunk, then the heads.
    """

    def __init__(self, cortex: Cortex, heads: Heads):
        slow, slow_heads = copy.deepcopy((cortex, heads))
        super().__init__([*slow.trunk, slow_heads])
        self.requires_grad_(False)
        self._parts = (slow, slow_heads)  # in a tuple they are not registered a second time

    @property
    def cortex(self) -> Cortex:
        """The cortex that follows."""
        return self._parts[0]

    @property
    def heads(self) -> Heads:
        """The heads that follow."""
        return self._parts[1]

    @torch.no_grad()
    def update(self, cortex: Cortex, heads: Heads, tau: float) -> None:
        """Move every parameter and buffer a step ``tau`` in (0, 1] towards the live one."""
        for slow, fast in zip(self, _modules(cortex, heads), strict=True):
            theirs = fast.state_dict()
            for name, mine in slow.state_dict().items():
                mine.lerp_(theirs[name].to(mine.dtype), tau) if mine.is_floating_point() else mine.copy_(theirs[name])


def _modules(cortex: Cortex, heads: nn.Module) -> Sequence[nn.Module]:
    return (*cortex.trunk, heads)
