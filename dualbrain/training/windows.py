"""Windows of a rollout: stretches of successive steps of one agent, as minibatches of tensors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dualbrain.training.rollout import flatten

Rows = NDArray[np.int64]
"""Places in the flattened rollout ``(N * T, ...)``."""


def first_rows(present: NDArray[np.bool_], length: int) -> Rows:
    """Return the first rows ``(W,)`` of windows of ``length`` steps that cover ``present`` ``(T, N)``.

    They follow one another; the last of each agent may overlap the one before. Windows without a present agent are
    left out.

    >>> first_rows(np.ones((5, 2), bool), 2).tolist()
    [0, 2, 3, 5, 7, 8]
    """
    steps, n = present.shape
    begins = np.unique(np.minimum(np.arange(0, steps, length), steps - length))
    first: Rows = (np.arange(n)[:, None] * steps + begins).ravel()
    return first[flatten(present)[rows_of(first, length)].any(axis=0)]


def rows_of(first: Rows, length: int) -> Rows:
    """Return the rows ``(L, B)`` of windows that begin at ``first`` ``(B,)``."""
    return first + np.arange(length)[:, None]


def minibatches(first: Rows, length: int, size: int, epochs: int, shuffle: np.random.Generator) -> Iterator[Rows]:
    """Yield the rows ``(L, B)`` of all windows, about ``size`` rows at a time, ``epochs`` times in random order."""
    n = max(size // length, 1)
    for _ in range(epochs):
        order = shuffle.permutation(len(first))
        yield from (rows_of(first[order[start : start + n]], length) for start in range(0, len(order), n))


def taken(observations: Any, rows: Rows, device: torch.device) -> Any:
    """Return rows ``(R,)`` of observations ``(N * T, ...)``, or of a dict of such, as tensors."""
    if isinstance(observations, dict):
        return {part: taken(values, rows, device) for part, values in observations.items()}
    return torch.as_tensor(observations[rows], device=device)


def unflattened(observations: Tensor | dict[str, Tensor], length: int) -> Any:
    """Return observations ``(L * B, ...)`` as ``(L, B, ...)``."""
    if isinstance(observations, dict):
        return {part: unflattened(values, length) for part, values in observations.items()}
    return observations.reshape(length, -1, *observations.shape[1:])
