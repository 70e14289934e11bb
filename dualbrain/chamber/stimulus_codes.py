"""Stimulus codes: the features of one stimulus, step by step, computed from its onset and duration.

A code turns presence ``(T,)``, the strength of one stimulus at each step and 0 without it, into features ``(T, F)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from dualbrain.errors import UserError
from dualbrain.structured.ranges import AT_LEAST_1, SHARE_ABOVE_0, Range

Floats = NDArray[np.float64]
WHAT = "a stimulus code's"


@runtime_checkable
class Code(Protocol):
    """A function from the presence of a stimulus to features in time."""

    @property
    def width(self) -> int:
        """Features of one stimulus."""

    def __call__(self, presence: Floats) -> Floats:
        """Return the features ``(T, F)`` of a stimulus of presence ``(T,)``."""


@runtime_checkable
class Fading(Protocol):
    """A code in which a stimulus is perceived for some time only."""

    @property
    def reach(self) -> int:
        """Steps from the onset of a stimulus for which it is perceived."""


@dataclass(frozen=True)
class Presence:
    """One feature: 1 while the stimulus is present. It does not represent time, and leaves no trace."""

    width = 1

    def __call__(self, presence: Floats) -> Floats:
        """Return its strength."""
        return presence[:, None]


@dataclass(frozen=True)
class SerialCompound:
    """One feature per step since the onset, each on for that step: a perfect clock.

    The complete serial compound of Sutton and Barto (1990), as in Schultz, Dayan and Montague (1997).
    """

    length: int = 30
    """Steps from the onset of which there is a feature."""

    def __post_init__(self) -> None:
        AT_LEAST_1.check(self.length, f"{WHAT} length")

    @property
    def width(self) -> int:
        """One feature per step."""
        return self.length

    @property
    def reach(self) -> int:
        """Steps from the onset after which all features of a stimulus are 0, though it may still be there."""
        return self.length

    def __call__(self, presence: Floats) -> Floats:
        """Return the strength at the onset, at the feature of its age."""
        age, strength = since_onset(presence)
        features = np.zeros((len(presence), self.length))
        known = np.flatnonzero(age < self.length)
        features[known, age[known].astype(int)] = strength[known]
        return features


@dataclass(frozen=True)
class Microstimuli:
    """Overlapping bumps that come later, lower and wider: a clock that blurs.

    A trace ``y`` decays from 1 at the onset; feature ``i`` of ``m`` is ``y * exp(-(y - i/m)**2 / (2 sigma**2)) /
    sqrt(2 pi)`` (Ludvig, Sutton and Kehoe 2008, Neural Computation 20:3034; 2012, Learning & Behavior 40:305).
    """

    width: int = 20
    decay: float = 0.95
    """What is left of the trace after a step."""
    sigma: float = 0.08
    """Width of the bumps, as a share of the trace at the onset."""

    def __post_init__(self) -> None:
        AT_LEAST_1.check(self.width, f"{WHAT} width")
        Range(0, above=True).check(self.sigma, f"{WHAT} sigma")
        if SHARE_ABOVE_0.check(self.decay, f"{WHAT} decay") == 1.0:
            raise UserError(f"{WHAT} decay must be above 0 and below 1, not 1")

    def __call__(self, presence: Floats) -> Floats:
        """Return the bumps at each step."""
        age, strength = since_onset(presence)
        trace = np.where(np.isfinite(age), self.decay ** np.where(np.isfinite(age), age, 0.0), 0.0)[:, None]
        centres = np.arange(1, self.width + 1) / self.width
        bumps = np.exp(-((trace - centres) ** 2) / (2.0 * self.sigma**2)) / np.sqrt(2.0 * np.pi)
        return np.asarray(strength[:, None] * trace * bumps)


def since_onset(presence: Floats) -> tuple[Floats, Floats]:
    """Return, both ``(T,)``, the steps since the last onset (infinite before the first) and the strength it had.

    >>> since_onset(np.array([0.0, 0.5, 0.5, 0.0]))
    (array([inf,  0.,  1.,  2.]), array([0. , 0.5, 0.5, 0.5]))
    """
    there = presence > 0.0
    onset = there & ~np.concatenate([[False], there[:-1]])
    steps = np.arange(len(presence))
    last = np.maximum.accumulate(np.where(onset, steps, -1))
    begun = last >= 0
    return np.where(begun, steps - last, np.inf), np.where(begun, presence[last], 0.0)
