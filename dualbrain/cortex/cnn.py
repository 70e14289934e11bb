"""Cortices: from an observation to the features that the thought trunk and the actor each read, behind one interface.

A cortex is a features extractor of Stable-Baselines3 by name. The thought itself is the latent of the value tower that
stands on it. The actor has a tower of its own, and an extractor of its own where that learns: no policy gradient enters
what the assessors read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

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
    told = "say policy_kwargs=dict(features_extractor_kwargs=dict(channels_last=True)), or False"
    raise UserError(f"an image of shape {tuple(shape)} has its channels first or last? {told}")


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
