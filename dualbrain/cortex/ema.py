"""The slow copy: what the steering subsystem reads trails behind what learns, so that reward is no moving target."""

from __future__ import annotations

import copy
from collections.abc import Iterable

import torch
from torch import nn


class EMACopy(nn.ModuleList):
    """Copies of some modules that follow them by an exponential moving average and have no gradient."""

    def __init__(self, live: Iterable[nn.Module]):
        super().__init__(copy.deepcopy(module).requires_grad_(False) for module in live)

    @torch.no_grad()
    def follow(self, live: Iterable[nn.Module], tau: float) -> None:
        """Move every parameter and buffer a step ``tau`` in (0, 1] towards the live one."""
        for slow, fast in zip(self, live, strict=True):
            theirs = fast.state_dict()
            for name, mine in slow.state_dict().items():
                mine.lerp_(theirs[name].to(mine.dtype), tau) if mine.is_floating_point() else mine.copy_(theirs[name])
