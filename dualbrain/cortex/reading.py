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
RATE = 0.2
"""Step of the scale towards that of the latest thoughts;"""
FLOOR = 1e-2
"""and the least deviation that a number of a thought is divided by."""


class Noted(NamedTuple):
    """Observations of a minibatch, with what was thought of them when they were made."""

    obs: Any
    """(n, ...)"""
    thought: Tensor
    """(n, Z)"""


class ThoughtReader(BaseFeaturesExtractor):
    """Features ``(N, F)``: those of the percept, if it is read too, and the thought that is laid beside it.

    Thoughts are read in deviations from their running mean, since one that all of them share drowns what sets them
    apart, and changes whenever the cortex learns.
    """

    thought: Tensor | None = None
    """(N, Z) of the observations that are read next"""
    mean: Tensor
    variance: Tensor
    seen: Tensor
    """How often the scale has followed"""

    def __init__(self, space: spaces.Space[Any], width: int, percept: BaseFeaturesExtractor | None):
        super().__init__(space, width + (percept.features_dim if percept else 0))
        self.percept = percept
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("variance", torch.ones(width))
        self.register_buffer("seen", torch.zeros(()))

    @torch.no_grad()
    def follow(self, before: Tensor, after: Tensor) -> None:
        """Go with a cortex that has learned: thoughts ``(R, Z)`` of the same rows before it did so, and after.

        What they have shifted by is taken off at once, so that the actor reads what it learned from; the rest follows
        slowly. The first thoughts set the scale.
        """
        variance, mean = torch.var_mean(after, dim=0, correction=0)
        rate = RATE if self.seen else 1.0
        self.mean += mean - before.mean(0)
        self.mean.lerp_(mean, rate)
        self.variance.lerp_(variance, rate)
        self.seen += 1

    def scaled(self, thought: Tensor) -> Tensor:
        """Return thoughts ``(N, Z)`` in running deviations."""
        return (thought - self.mean) / self.variance.sqrt().clamp_min(FLOOR)

    def forward(self, observations: Any) -> Tensor:
        """Return the features."""
        assert self.thought is not None
        thought = self.scaled(self.thought)
        return thought if self.percept is None else torch.cat([self.percept(observations), thought], dim=1)


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
