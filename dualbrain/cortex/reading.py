"""What actor and critic read of the moment: the percept, the thought of it, or both."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from gymnasium import spaces
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from torch import Tensor

from dualbrain.cortex.interface import Cortex
from dualbrain.cortex.mlp import MLP
from dualbrain.errors import UserError, unknown

PERCEPT, THOUGHT, BOTH = "percept", "thought", "both"
READS = (PERCEPT, THOUGHT, BOTH)


class Noted(NamedTuple):
    """Observations of a minibatch, with what was thought of them when they were made."""

    obs: Any
    """(n, ...)"""
    thought: Tensor
    """(n, Z)"""


class ThoughtReader(BaseFeaturesExtractor):
    """Features ``(N, F)``: those of the percept, if it is read too, and the thought that is laid beside it."""

    thought: Tensor | None = None
    """(N, Z) of the observations that are read next"""

    def __init__(self, space: spaces.Space[Any], width: int, percept: BaseFeaturesExtractor | None):
        super().__init__(space, width + (percept.features_dim if percept else 0))
        self.percept = percept

    def forward(self, observations: Any) -> Tensor:
        """Return the features."""
        assert self.thought is not None
        if self.percept is None:
            return self.thought
        return torch.cat([self.percept(observations), self.thought], dim=1)


def check_reads(reads: str, cortex: type[Cortex], predicts: bool) -> None:
    """Raise `UserError` for what is none of `READS`, and where there is no thought that could be read."""
    if reads not in READS:
        raise unknown("option", str(reads), READS, " of 'reads'")
    if reads == PERCEPT:
        return
    if issubclass(cortex, MLP):
        latent = "whose thought is the critic's own latent"
        raise UserError(f"reads='{reads}' needs another cortex than {cortex.__name__.lower()}, {latent}: try recurrent")
    if not predicts:
        raise UserError(f"reads='{reads}' needs assessors: without them the cortex learns nothing")
