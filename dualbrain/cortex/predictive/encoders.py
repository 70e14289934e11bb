"""Encoders of the predictive cortex: from flat observations, some parts hidden, to thoughts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from gymnasium import spaces
from torch import Tensor, nn

from dualbrain.cortex.cells import CellEncoder
from dualbrain.cortex.cnn import SmallCNN
from dualbrain.worlds.spaces.parts import Part


def dense(*sizes: int) -> nn.Sequential:
    """Return linear layers of so many units with GELU between them; the last one is linear."""
    layers: list[nn.Module] = []
    for one, other in pairwise(sizes):
        layers += [nn.Linear(one, other), nn.GELU()]
    return nn.Sequential(*layers[:-1])


class Encoder(nn.Module):
    """From flat observations ``(N, D)`` and what is ``hidden`` ``(N, P)`` to thoughts ``(N, Z)``.

    Made as ``Mine(parts, hidden, width)``: P parts of the observation, the sizes of hidden layers, and Z. The last
    layer is to be linear, without normalisation: the thoughts' distribution is what a regulariser cares for.
    """

    part_of: Tensor

    def __init__(self, parts: Sequence[Part]):
        super().__init__()
        part_of = [i for i, part in enumerate(parts) for _ in range(part.start, part.stop)]
        self.register_buffer("part_of", torch.tensor(part_of), persistent=False)
        self._n_parts = len(parts)

    def nothing(self, flat: Tensor) -> Tensor:
        """Return the mask ``(N, P)`` that hides no part of observations ``(N, D)``."""
        return flat.new_zeros(len(flat), self._n_parts)

    def shown(self, flat: Tensor, hidden: Tensor) -> Tensor:
        """Return flat observations ``(N, D)`` with 0 wherever a part is hidden."""
        return flat * (1.0 - hidden)[:, self.part_of]


class MLPEncoder(Encoder):
    """Dense layers on all numbers and on which parts are hidden."""

    def __init__(self, parts: Sequence[Part], hidden: Sequence[int], width: int):
        super().__init__(parts)
        self.layers = dense(parts[-1].stop + len(parts), *hidden, width)

    def forward(self, flat: Tensor, hidden: Tensor) -> Tensor:
        """Return ``(N, Z)``."""
        thought: Tensor = self.layers(torch.cat([self.shown(flat, hidden), hidden], dim=1))
        return thought


class CNNEncoder(Encoder):
    """Small convolutions on each part that is an image, beside the numbers of others, before dense layers.

    ``channels_last`` says where the channels of images are: else they are fewer than rows and columns, which raises
    `UserError` where that leaves it open.
    """

    def __init__(self, parts: Sequence[Part], hidden: Sequence[int], width: int, channels_last: bool | None = None):
        super().__init__(parts)
        first = hidden[0] if hidden else width
        self._parts = tuple(parts)
        self.images = nn.ModuleDict(
            {
                str(i): SmallCNN(spaces.Box(0, 1, part.shape), first, channels_last=channels_last)
                for i, part in enumerate(parts)
                if len(part.shape) == 3
            }
        )
        numbers = sum(part.stop - part.start for part in parts if len(part.shape) != 3)
        self.layers = dense(len(self.images) * first + numbers + len(parts), *hidden, width)

    def forward(self, flat: Tensor, hidden: Tensor) -> Tensor:
        """Return ``(N, Z)``."""
        shown = self.shown(flat, hidden)
        seen = [
            self.images[str(i)](shown[:, part.where]) if str(i) in self.images else shown[:, part.where]
            for i, part in enumerate(self._parts)
        ]
        thought: Tensor = self.layers(torch.cat([*seen, hidden], dim=1))
        return thought


class CellsEncoder(Encoder):
    """The encoder of the `cells` cortex, before dense layers that also read which parts are hidden.

    Raises `UserError` where no part is a view or an image.
    """

    def __init__(self, parts: Sequence[Part], hidden: Sequence[int], width: int, channels_last: bool | None = None):
        super().__init__(parts)
        first = hidden[0] if hidden else width
        self.cells = CellEncoder(parts, first, channels_last=channels_last)
        self.layers = dense(first + len(parts), *hidden, width)

    def forward(self, flat: Tensor, hidden: Tensor) -> Tensor:
        """Return ``(N, Z)``."""
        thought: Tensor = self.layers(torch.cat([self.cells(self.shown(flat, hidden)), hidden], dim=1))
        return thought


ENCODERS: dict[str, type[Encoder]] = {"mlp": MLPEncoder, "cells": CellsEncoder, "cnn": CNNEncoder}
"""Encoders by name."""
