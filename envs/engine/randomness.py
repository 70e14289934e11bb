"""A random stream per world: SplitMix64 (Steele, Lea and Flood, 2014)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from envs.engine.jit import inlined

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)
S11, S27, S30, S31, S32 = (np.uint64(shift) for shift in (11, 27, 30, 31, 32))
TO_UNIT = 2.0**-53


def streams(seeds: Iterable[int]) -> NDArray[np.uint64]:
    """Return the initial states ``(N,)`` of the streams with these seeds, far apart even for adjacent seeds."""
    words = np.array([seed % 2**64 for seed in seeds], np.uint64)
    with np.errstate(over="ignore"):
        for _ in range(2):
            words = words + GOLDEN
            words = (words ^ (words >> S30)) * FIRST
            words = (words ^ (words >> S27)) * SECOND
            words = words ^ (words >> S31)
    return words


@inlined
def draw(stream: NDArray[np.uint64], i: int) -> np.uint64:
    """Draw 64 random bits from the stream of world ``i``."""
    word = stream[i] + GOLDEN
    stream[i] = word
    word = (word ^ (word >> S30)) * FIRST
    word = (word ^ (word >> S27)) * SECOND
    return np.uint64(word ^ (word >> S31))


@inlined
def uniform(stream: NDArray[np.uint64], i: int) -> float:
    """Draw a number in [0, 1)."""
    return float(draw(stream, i) >> S11) * TO_UNIT


@inlined
def below(stream: NDArray[np.uint64], i: int, n: int) -> int:
    """Draw an integer in [0, n), for n < 2**32."""
    return int(((draw(stream, i) >> S32) * np.uint64(n)) >> S32)
