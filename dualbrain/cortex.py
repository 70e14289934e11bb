"""Cortices: from an observation to the features that the thought trunk and the actor each read, behind one interface.

A cortex is a features extractor of Stable-Baselines3 by name. The thought itself is the latent of the value tower that
stands on it. The actor has a tower of its own, and an extractor of its own where that learns: no policy gradient enters
what the assessors read.
"""

from __future__ import annotations

import math

import torch
from gymnasium import spaces
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor, FlattenExtractor
from torch import Tensor, nn

from dualbrain.errors import UserError, unknown


class FlatDict(BaseFeaturesExtractor):
    """Flatten and concatenate the entries of a Dict observation (Discrete ones arrive as one-hot)."""

    def __init__(self, observation_space: spaces.Dict):
        widths = [spaces.flatdim(part) for part in observation_space.spaces.values()]
        super().__init__(observation_space, features_dim=sum(widths))
        self._keys = tuple(observation_space.spaces)

    def forward(self, observations: dict[str, Tensor]) -> Tensor:
        """Return ``(N, F)``."""
        return torch.cat([observations[key].flatten(start_dim=1).float() for key in self._keys], dim=1)


class SmallCNN(BaseFeaturesExtractor):
    """Three small convolutions, fit for symbolic views of a few cells as for pictures.

    Reads images ``(C, H, W)``; with ``view_shape`` also flat observations that begin with a view of that shape, whose
    remainder (words, body) is put beside what was seen.
    """

    def __init__(self, observation_space: spaces.Box, width: int = 128, view_shape: tuple[int, int, int] | None = None):
        shape = view_shape or observation_space.shape or ()
        if len(shape) != 3:
            raise UserError(f"the cnn cortex reads images (C, H, W), not {observation_space}: use the mlp cortex")
        flat = math.prod(observation_space.shape)
        super().__init__(observation_space, features_dim=width + flat - math.prod(shape))
        self._shape = tuple(shape)
        self.see = nn.Sequential(
            nn.Conv2d(shape[0], 16, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
        )
        with torch.no_grad():
            seen = self.see(torch.zeros(1, *self._shape)).shape[1]
        self.merge = nn.Sequential(nn.Linear(seen, width), nn.ReLU())

    def forward(self, observations: Tensor) -> Tensor:
        """Return ``(N, F)``."""
        flat = observations.flatten(start_dim=1)
        end = math.prod(self._shape)
        seen = self.merge(self.see(flat[:, :end].reshape(-1, *self._shape)))
        return torch.cat([seen, flat[:, end:]], dim=1)


PARAMETERLESS = (FlattenExtractor, FlatDict)
"""Extractors that learn nothing: actor and thought trunk may share what they compute, for no gradient meets in it."""


def features_extractor(cortex: str, space: spaces.Space[object]) -> type[BaseFeaturesExtractor]:
    """Return the features extractor of the cortex named ``cortex`` for an observation space.

    Raises `UserError` for an unknown name.
    """
    if cortex == "cnn":
        return SmallCNN
    if cortex == "mlp":
        return FlatDict if isinstance(space, spaces.Dict) else FlattenExtractor
    raise unknown("cortex", cortex, ["mlp", "cnn"])
