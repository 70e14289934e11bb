"""Windows of a rollout: stretches of successive steps of one agent, as minibatches of tensors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dualbrain.cortex.experience import State
from dualbrain.training.rollout import flatten

Rows = NDArray[np.int64]
"""Places in the flattened rollout ``(N * T, ...)``."""


def grid(steps: int, length: int) -> Rows:
    """Return the steps ``(G,)`` of a rollout at which windows of ``length`` begin; the last may overlap the one before.

    >>> grid(5, 2).tolist()
    [0, 2, 3]
    """
    length = min(length, steps)
    begins: Rows = np.unique(np.minimum(np.arange(0, steps, length), steps - length))
    return begins


def first_rows(present: NDArray[np.bool_], length: int) -> Rows:
    """Return the first rows ``(W,)`` of windows of ``length`` steps that cover ``present`` ``(T, N)``.

    They follow one another; the last of each agent may overlap the one before. Windows without a present agent are
    left out.

    >>> first_rows(np.ones((5, 2), bool), 2).tolist()
    [0, 2, 3, 5, 7, 8]
    """
    steps, n = present.shape
    first: Rows = (np.arange(n)[:, None] * steps + grid(steps, length)).ravel()
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


def stacked(states: Sequence[State]) -> State:
    """Return the states ``(N, ...)`` at each of G steps as one, ``(G, N, ...)``."""
    return tuple(torch.stack(parts) for parts in zip(*states, strict=True))


def states_of(states: State, first: Rows, steps: int, length: int) -> State:
    """Return the states ``(B, ...)`` that windows begin in, of those ``(G, N, ...)`` at the `grid` of a rollout.

    ``first`` ``(B,)`` are the first rows of the windows, in a rollout of so many ``steps``.
    """
    agent, at = np.divmod(first, steps)
    begins = np.searchsorted(grid(steps, length), at)
    return tuple(part[torch.as_tensor(begins), torch.as_tensor(agent)] for part in states)


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
