"""Generate random senses, predictions and episode ends of N agents over T steps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dualbrain.steering.bound_module import Floats
from dualbrain.steering.reward_module import IMAGINED, THOUGHT
from dualbrain.steering.sense import Sense
from dualbrain.steering.signal import Signal

FAR = 1000.0
"""How far towards an infinite end of a range the tape goes."""


@dataclass(frozen=True)
class RandomSenses:
    """Senses, predictions and imagined ones, each ``(T, N)`` by name, and ``done`` ``(T, N)``."""

    senses: dict[str, Floats]
    thoughts: dict[str, Floats]
    done: NDArray[np.bool_]
    imagined: dict[str, Floats]

    def __len__(self) -> int:
        return len(self.done)

    @property
    def n(self) -> int:
        """Number of agents."""
        return int(self.done.shape[1])

    def at(self, t: int) -> dict[str, Any]:
        """Return copies of everything that a module may read at step ``t``."""
        senses, thoughts, imagined = (
            {name: values[t].copy() for name, values in kind.items()}
            for kind in (self.senses, self.thoughts, self.imagined)
        )
        return {**senses, THOUGHT: thoughts, IMAGINED: imagined}

    def part(self, steps: slice = slice(None), agents: slice = slice(None)) -> RandomSenses:
        """Return some of the steps of some of the agents."""
        senses, thoughts, imagined = (
            {name: values[steps, agents] for name, values in kind.items()}
            for kind in (self.senses, self.thoughts, self.imagined)
        )
        return RandomSenses(senses, thoughts, self.done[steps, agents], imagined)


def record(senses: Iterable[Sense], signals: Mapping[str, Signal], n: int, steps: int, seed: int) -> RandomSenses:
    """Record random senses with many extremes: the first step is all lows, the second all highs.

    About one episode in twenty steps ends; all do half way. An optional sense is NaN in one step of ten.
    """
    rng = np.random.default_rng(seed)
    done = rng.random((steps, n)) < 0.05
    done[steps // 2 - 1] = True
    return RandomSenses(
        {sense.name: _sensed(sense, (steps, n), rng) for sense in senses},
        {name: _draw(signal.low, signal.high, (steps, n), rng) for name, signal in signals.items()},
        done,
        {name: _draw(signal.low, signal.high, (steps, n), rng) for name, signal in signals.items()},
    )


def _sensed(sense: Sense, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    values = _draw(sense.low, sense.high, shape, rng)
    return np.where(rng.random(shape) < 0.1, np.float32(np.nan), values) if sense.optional else values


def _draw(low: float, high: float, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    least = low if math.isfinite(low) else min(high, 0.0) - FAR
    most = high if math.isfinite(high) else max(low, 0.0) + FAR
    corner = rng.random(shape)
    values = np.where(corner < 0.5, rng.uniform(least, most, shape), np.where(corner < 0.75, least, most))
    values[:1], values[1:2] = least, most
    return values.astype(np.float32)
