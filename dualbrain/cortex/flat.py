"""Features of observations that are only laid out flat, without anything that learns."""

from __future__ import annotations

from typing import Any

import torch
from gymnasium import spaces
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor, FlattenExtractor
from torch import Tensor


class FlatDict(BaseFeaturesExtractor):
    """Flatten and concatenate the entries of a Dict observation (Discrete ones arrive as one-hot)."""

    def __init__(self, observation_space: spaces.Dict):
        widths = [spaces.flatdim(part) for part in observation_space.spaces.values()]
        super().__init__(observation_space, features_dim=sum(widths))
        self._keys = tuple(observation_space.spaces)

    def forward(self, observations: dict[str, Tensor]) -> Tensor:
        """Return ``(N, F)``."""
        return torch.cat([observations[key].flatten(start_dim=1).float() for key in self._keys], dim=1)


PARAMETERLESS = (FlattenExtractor, FlatDict)
"""Extractors that learn nothing: actor and critic may share one, since no gradient can reach a parameter of it."""


def flattening(space: spaces.Space[Any]) -> type[BaseFeaturesExtractor]:
    """Return the features extractor that flattens observations of a space."""
    return FlatDict if isinstance(space, spaces.Dict) else FlattenExtractor
