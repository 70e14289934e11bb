"""The `cnn` cortex: small convolutions before the critic's tower."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from gymnasium import spaces
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from torch import Tensor, nn

from dualbrain.cortex.mlp import MLP
from dualbrain.errors import UserError


class SmallCNN(BaseFeaturesExtractor):
    """Three small convolutions, fit for symbolic views of a few cells as for pictures.

    Reads images ``(C, H, W)`` or ``(H, W, C)``: the channels are fewer than rows and columns, unless ``channels_last``
    says where they are. With ``view_shape``, ``(C, H, W)``, it also reads flat observations that begin with a view of
    that shape, whose remainder (words, body) is put beside what was seen.

    Raises `UserError` for what is no image, or where the channels could be anywhere.
    """

    def __init__(
        self,
        observation_space: spaces.Box,
        width: int = 128,
        view_shape: tuple[int, int, int] | None = None,
        channels_last: bool | None = None,
    ):
        shape = view_shape or observation_space.shape or ()
        if len(shape) != 3:
            raise UserError(f"the cnn cortex reads images (C, H, W), not {observation_space}: use the mlp cortex")
        flat = math.prod(observation_space.shape)
        super().__init__(observation_space, features_dim=width + flat - math.prod(shape))
        self._shape = tuple(shape)
        self._last = view_shape is None and (channels_are_last(shape) if channels_last is None else channels_last)
        self.see = nn.Sequential(
            nn.Conv2d(shape[2 if self._last else 0], 16, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
        )
        with torch.no_grad():
            seen = self.see(self._image(torch.zeros(1, flat))).shape[1]
        self.merge = nn.Sequential(nn.Linear(seen, width), nn.ReLU())

    def forward(self, observations: Tensor) -> Tensor:
        """Return ``(N, F)``."""
        flat = observations.flatten(start_dim=1)
        seen = self.merge(self.see(self._image(flat)))
        return torch.cat([seen, flat[:, math.prod(self._shape) :]], dim=1)

    def _image(self, flat: Tensor) -> Tensor:
        """Return the images ``(N, C, H, W)`` in flat observations."""
        image = flat[:, : math.prod(self._shape)].reshape(-1, *self._shape)
        return image.permute(0, 3, 1, 2) if self._last else image


class CNN(MLP):
    """A tower of dense layers on small convolutions of an image."""

    @classmethod
    def features_extractor(cls, space: spaces.Space[Any]) -> type[BaseFeaturesExtractor]:  # noqa: ARG003
        """Return the convolutions."""
        return SmallCNN


def channels_are_last(shape: Sequence[int]) -> bool:
    """Return whether an image is ``(H, W, C)``: its channels are fewer than its rows and its columns.

    Raises `UserError` where neither the first nor the last size is the smallest.

    >>> channels_are_last((84, 84, 3)), channels_are_last((3, 84, 84))
    (True, False)
    """
    first, middle, last = shape
    if first <= min(middle, last):
        return False
    if last < middle:
        return True
    remedy = "say policy_kwargs=dict(features_extractor_kwargs=dict(channels_last=True)), or False"
    raise UserError(f"an image of shape {tuple(shape)} has its channels first or last? {remedy}")
