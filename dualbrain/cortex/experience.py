"""Stretches of experience that a cortex is trained on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

Observations = Tensor | dict[str, Tensor]
"""Observations as networks read them: numbers, images scaled to [0, 1], a dict of such by part."""
State = tuple[Tensor, ...]
"""What a cortex remembers of N agents: tensors ``(N, ...)``; empty where it remembers nothing."""


def rows_in(obs: Observations) -> int:
    """Return how many observations there are."""
    return len(next(iter(obs.values()))) if isinstance(obs, dict) else len(obs)


@dataclass(frozen=True)
class Windows:
    """B stretches of L successive steps each."""

    obs: Observations
    """(L, B, ...) what was perceived before each step"""
    actions: Tensor
    """(L, B, ...) actions carried out, reflexes included"""
    starts: Tensor
    """(L, B) bool: an episode began here, so that nothing before it may be remembered"""
    present: Tensor
    """(L, B) bool: the agent took part in the step; where it did not, the row means nothing"""
    state: State = ()
    """Of each agent before the first step, each ``(B, ...)``; empty: windows begin in the initial state"""

    def step(self, t: int) -> Observations:
        """Return the observations ``(B, ...)`` of step ``t``."""
        return {part: rows[t] for part, rows in self.obs.items()} if isinstance(self.obs, dict) else self.obs[t]

    def flat(self) -> Observations:
        """Return the observations of all steps, ``(L * B, ...)``."""
        if isinstance(self.obs, dict):
            return {part: rows.flatten(0, 1) for part, rows in self.obs.items()}
        return self.obs.flatten(0, 1)

    def follows(self) -> Tensor:
        """Return ``(L - 1, B)`` bool: step ``t + 1`` is of the same episode as step ``t``, and both are present."""
        return ~self.starts[1:] & self.present[1:] & self.present[:-1]


class ShortHeads(Protocol):
    """The short heads of K signals, as a cortex may use them in its own losses."""

    def predict_logits(self, thought: Tensor, *, fixed: bool = False) -> Tensor:
        """Return raw predictions ``(R, K)`` for thoughts ``(R, Z)``: logits of [0, 1] signals, else in deviations.

        ``fixed``: the gradient reaches the thoughts, but not the heads.
        """

    def short_loss(self, thought: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Return the summed loss of the heads that learn, for thoughts ``(R, Z)``, targets and weights ``(R, K)``."""

    def matching_loss(self, thought: Tensor, goal: Tensor, weight: Tensor) -> Tensor:
        """Return how far apart thoughts and ``goal`` ``(R, Z)`` read to the heads, which stay fixed.

        ``weight`` ``(R,)``; no gradient reaches ``goal``.
        """


@dataclass(frozen=True)
class Lesson:
    """What a cortex learns from in one step of its optimizer."""

    windows: Windows
    thoughts: Tensor
    """(L, B, Z) of the windows, with gradient"""
    heads: ShortHeads
    short_target: Tensor
    """(L, B, K) gated targets of the short heads"""
    short_weight: Tensor
    """(L, B, K) weights of these, 0 where a row teaches nothing"""
    rng: torch.Generator
    """Whatever is drawn at random comes from here."""
