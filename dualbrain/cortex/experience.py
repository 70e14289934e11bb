"""Stretches of experience that a cortex is trained on."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

Observations = Tensor | dict[str, Tensor]
"""Observations as networks read them: numbers, images scaled to [0, 1], a dict of such by part."""


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

    def step(self, t: int) -> Observations:
        """Return the observations ``(B, ...)`` of step ``t``."""
        return {part: rows[t] for part, rows in self.obs.items()} if isinstance(self.obs, dict) else self.obs[t]

    def flat(self) -> Observations:
        """Return the observations of all steps, ``(L * B, ...)``."""
        if isinstance(self.obs, dict):
            return {part: rows.flatten(0, 1) for part, rows in self.obs.items()}
        return self.obs.flatten(0, 1)
