"""Observations laid flat and of one scale, part after part, for encoders that read them all at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from stable_baselines3.common.preprocessing import is_image_space
from torch import Tensor, nn

from dualbrain.cortex.experience import Observations

SLOWEST = 1e-3
"""Step of the running moments once a thousand batches have been averaged."""
FURTHEST = 10.0
"""Deviations beyond which a number is cut."""


class Percept(nn.Module):
    """Observations as flat numbers ``(N, D)``: those within [0, 1], such as bits and pixels, as they are.

    Others are normalised by their running mean and deviation, which are saved with the network.
    """

    mean: Tensor
    variance: Tensor
    seen: Tensor
    scaled: Tensor

    def __init__(self, space: spaces.Space[Any]):
        super().__init__()
        self._keys = tuple(space.spaces) if isinstance(space, spaces.Dict) else ()
        scaled = np.concatenate([*_unscaled(space)])
        self.size = len(scaled)
        self._any = bool(scaled.any())
        self.register_buffer("mean", torch.zeros(self.size))
        self.register_buffer("variance", torch.ones(self.size))
        self.register_buffer("seen", torch.zeros(()))
        self.register_buffer("scaled", torch.as_tensor(scaled), persistent=False)

    def forward(self, obs: Observations) -> Tensor:
        """Return observations ``(N, ...)``, or a dict of such, as ``(N, D)``."""
        flat = self._flat(obs)
        if not self._any:
            return flat
        normal = (flat - self.mean) * (self.variance + 1e-8).rsqrt()
        return torch.where(self.scaled, normal.clamp(-FURTHEST, FURTHEST), flat)

    @torch.no_grad()
    def follow(self, obs: Observations, present: Tensor) -> None:
        """Move the moments towards those of the observations ``(R, ...)`` of agents that are ``present`` ``(R,)``."""
        if not (self._any and present.any()):
            return
        variance, mean = torch.var_mean(self._flat(obs)[present], dim=0, correction=0)
        self.seen += 1.0
        rate = (1.0 / self.seen).clamp_min(SLOWEST)
        now = torch.lerp(self.mean, mean, rate)
        apart = torch.lerp((self.mean - now).square() + self.variance, (mean - now).square() + variance, rate)
        self.variance.copy_(apart)
        self.mean.copy_(now)

    def _flat(self, obs: Observations) -> Tensor:
        entries = [obs[key] for key in self._keys] if isinstance(obs, dict) else [obs]
        return torch.cat([entry.flatten(start_dim=1).float() for entry in entries], dim=1)


def _unscaled(space: spaces.Space[Any]) -> Iterator[np.ndarray[Any, np.dtype[np.bool_]]]:
    """Yield which numbers of a flattened space may lie outside of [0, 1], ``(D,)`` of each entry."""
    if isinstance(space, spaces.Dict):
        for entry in space.spaces.values():
            yield from _unscaled(entry)
    elif isinstance(space, spaces.Box) and not is_image_space(space):
        yield ((space.low < 0) | (space.high > 1)).ravel()
    else:
        yield np.zeros(spaces.flatdim(space), bool)
