"""Train heads and cortex on a rollout, with the losses of the heads and the cortex's own."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dualbrain.cortex.experience import Lesson, Observations, Windows
from dualbrain.cortex.interface import Cortex
from dualbrain.heads.options import AssessorOptions
from dualbrain.heads.short_long import ThoughtAssessors
from dualbrain.training.rollout import Rollout, flatten
from dualbrain.training.windows import Rows, first_rows, minibatches, rows_of, states_of, taken, unflattened

MOST_ROWS = 4096
"""Rows that are thought of at a time, about."""


class Predicting(Protocol):
    """A network with a cortex, heads on its thoughts, and an optimizer that trains both."""

    @property
    def cortex(self) -> Cortex:
        """What thinks."""

    @property
    def assessors(self) -> ThoughtAssessors | None:
        """The heads on its thoughts."""

    @property
    def assessor_optimizer(self) -> torch.optim.Optimizer | None:
        """What trains both."""

    @property
    def cortex_optimizer(self) -> torch.optim.Optimizer | None:
        """What trains a cortex that has a schedule, with the short heads; None for any other."""

    @property
    def device(self) -> torch.device:
        """Where its parameters are."""

    def percept(self, obs: Any) -> Observations:
        """Return observations ``(N, ...)`` in the form that networks read."""

    def set_training_mode(self, mode: bool) -> None:
        """Let layers such as dropout behave as in training, or not."""

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Clear all gradients."""

    def update_ema(self) -> None:
        """Move the slow copy, if one is kept, a step towards the live network."""


@dataclass(frozen=True)
class AuxiliaryLosses:
    """The mean losses of a training phase."""

    total: float
    """What was minimised."""
    short: NDArray[np.float32]
    """(K,) of the short heads; NaN where one did not learn, or had no evidence"""
    long: NDArray[np.float32]
    """(K,) of the long heads; NaN where one did not learn"""
    cortex: Mapping[str, float]
    """The cortex's own, by name."""

    def scalars(self, names: Sequence[str]) -> dict[str, float]:
        """Return the losses by key; ``names`` are the signals' full names."""
        heads = {"short_loss": self.short, "long_loss": self.long}
        by_key = {f"assessor/{name}.{kind}": row[k] for kind, row in heads.items() for k, name in enumerate(names)}
        by_key |= {f"cortex/{name}": value for name, value in self.cortex.items()}
        return {key: float(value) for key, value in by_key.items() if np.isfinite(value)}


def train_auxiliary(
    network: Predicting,
    observations: Any,
    rollout: Rollout,
    options: AssessorOptions,
    batch_size: int,
    shuffle: np.random.Generator,
    active: NDArray[np.bool_],
) -> AuxiliaryLosses:
    """Fit heads (and the cortex, unless detached from them) to a rollout's targets, and the cortex to its own losses.

    ``observations`` are flattened ``(N * T, ...)``, or a dict of such. Gradients are cleared before and after, since
    SB3 clips the norm over all of a policy's parameters. Rows of reflexes teach, those of absent agents do not; at
    least one row must be present. Heads of signals that are not ``active`` ``(K,)`` stay as they are.
    """
    assert network.assessors is not None
    lesson, rng = _Lesson(network, observations, rollout, options), _own_stream(shuffle, network.device)
    network.assessors.set_learning(torch.as_tensor(active, device=network.device))
    network.set_training_mode(True)
    network.zero_grad(set_to_none=True)
    with network.assessors.frozen_heads():
        short, weight, long = lesson.targets()
        network.assessors.update_short_scales(short, weight)
        network.assessors.update_long_scales(long)
        first = first_rows(rollout.present, lesson.length)
        batches = minibatches(first, lesson.length, batch_size, options.epochs, shuffle)
        steps = [lesson.learn(rows, rng) for rows in batches]
    network.zero_grad(set_to_none=True)
    network.update_ema()
    return _means(steps, network.assessors.learning.cpu().numpy() > 0.0)


def train_long_heads(
    network: Predicting,
    observations: Any,
    rollout: Rollout,
    options: AssessorOptions,
    batch_size: int,
    shuffle: np.random.Generator,
    active: NDArray[np.bool_],
) -> AuxiliaryLosses:
    """Fit the long heads alone to a rollout's targets, on the thoughts of a cortex that learns by itself.

    See `train_auxiliary`.
    """
    heads = network.assessors
    assert heads is not None
    lesson = _Lesson(network, observations, rollout, options)
    heads.set_learning(torch.as_tensor(active, device=network.device))
    network.set_training_mode(False)
    network.zero_grad(set_to_none=True)
    batches = minibatches(first_rows(rollout.present, 1), 1, batch_size, options.epochs, shuffle)
    with heads.frozen_heads():
        heads.update_long_scales(lesson.targets()[2])
        thoughts = lesson.thoughts()
        losses = torch.stack([lesson.learn_long(thoughts, torch.as_tensor(rows[0])) for rows in batches])
    network.zero_grad(set_to_none=True)
    network.update_ema()
    long = np.where(heads.learning.cpu().numpy() > 0.0, losses.mean(0).cpu().numpy(), np.nan)
    return AuxiliaryLosses(float(np.nansum(long)), np.full_like(long, np.nan), long, {})


class _Step(NamedTuple):
    """The losses of a minibatch, without gradient."""

    total: float
    heads: Tensor
    """(3, K): what the short heads' evidence cost, how much there was, what the long heads cost"""
    cortex: Mapping[str, Tensor]


class _Lesson:
    """A rollout as tensors ``(N * T, ...)``, and the network that learns from it."""

    def __init__(self, network: Predicting, observations: Any, rollout: Rollout, options: AssessorOptions):
        self._network, self._observations, self._options = network, observations, options
        self.length = min(network.cortex.window, rollout.n_steps)
        short = rollout.targets.short
        self._targets = [
            self._column(rows) for rows in (short.target, short.weights(options.unlearn), rollout.targets.long)
        ]
        self._actions, self._starts, self._present = (
            self._column(rows) for rows in (rollout.executed, rollout.episode_starts, rollout.present)
        )
        self._grid, self._everybody = rollout.present, bool(rollout.present.all())
        self._states, self._steps = rollout.states, rollout.n_steps
        self._learns = not options.detach or any(True for _ in network.cortex.parameters())

    def _column(self, rows: Any) -> Tensor:
        return torch.as_tensor(flatten(rows), device=self._network.device)

    def targets(self) -> list[Tensor]:
        """Return short target, its weight and long target ``(R, K)`` of all rows of present agents."""
        return self._targets if self._everybody else [target[self._present] for target in self._targets]

    def learn(self, rows: Rows, rng: torch.Generator) -> _Step:
        """Take a step of the optimizer on windows, rows ``(L, B)``."""
        windows, cortex, assessors = self._windows(rows), self._network.cortex, self._network.assessors
        assert assessors is not None
        with torch.set_grad_enabled(self._learns):
            thoughts = cortex.unroll(windows)
        read, targets = self._taught(thoughts.detach() if self._options.detach else thoughts, rows)
        heads = assessors.losses(read, *targets)
        own = cortex.losses(self._lesson(windows, thoughts, rows, rng))
        total = sum(own.values(), assessors.total(heads))
        _descend(self._network, total, self._options.max_grad_norm)
        judged = torch.stack([heads.short * heads.evidence, heads.evidence, heads.long]).detach()
        return _Step(total.item(), judged, {name: loss.detach() for name, loss in own.items()})

    def thoughts(self) -> Tensor:
        """Return the thoughts ``(N * T, Z)`` of all rows of present agents, without gradient; others are 0."""
        cortex, every = self._network.cortex, max(MOST_ROWS // self.length, 1)
        thoughts = torch.zeros(len(self._present), cortex.width, device=self._network.device)
        first = first_rows(self._grid, self.length)
        with torch.no_grad():
            for at in range(0, len(first), every):
                rows = rows_of(first[at : at + every], self.length)
                thoughts[torch.as_tensor(rows)] = cortex.unroll(self._windows(rows))
        return thoughts

    def learn_long(self, thoughts: Tensor, index: Tensor) -> Tensor:
        """Take a step of the long heads on rows ``(R,)``; return their losses ``(K,)``."""
        heads = self._network.assessors
        assert heads is not None
        losses = heads.long_losses(thoughts[index], self._targets[2][index])
        _descend(self._network, (losses * heads.learning).sum(), self._options.max_grad_norm)
        return losses.detach()

    def _lesson(self, windows: Windows, thoughts: Tensor, rows: Rows, rng: torch.Generator) -> Lesson:
        """Return what the cortex learns from by itself, with the targets ``(L, B, K)`` of the short heads."""
        assert self._network.assessors is not None
        target, weight = (column[torch.as_tensor(rows)] for column in self._targets[:2])
        return Lesson(windows, thoughts, self._network.assessors, target, weight, rng)

    def _windows(self, rows: Rows) -> Windows:
        network, index = self._network, torch.as_tensor(rows)
        obs = network.percept(taken(self._observations, rows.ravel(), network.device))
        actions, starts, present = (column[index] for column in (self._actions, self._starts, self._present))
        state = states_of(self._states, rows[0], self._steps, self.length)
        return Windows(unflattened(obs, len(rows)), actions, starts, present, state)

    def _taught(self, thoughts: Tensor, rows: Rows) -> tuple[Tensor, list[Tensor]]:
        """Return thoughts ``(R, Z)`` and targets ``(R, K)`` of the rows of present agents."""
        index, thoughts = torch.as_tensor(rows.ravel()), thoughts.flatten(0, 1)
        if self.length > 1 and not self._everybody:
            lived = self._present[index]
            index, thoughts = index[lived], thoughts[lived]
        return thoughts, [target[index] for target in self._targets]


def _own_stream(shuffle: np.random.Generator, device: torch.device) -> torch.Generator:
    """Return a random stream derived from the state of ``shuffle``, without drawing from that."""
    return torch.Generator(device).manual_seed(int(copy.deepcopy(shuffle).integers(2**63)))


def _descend(network: Predicting, loss: Tensor, max_grad_norm: float) -> None:
    optimizer = network.assessor_optimizer
    assert optimizer is not None
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_([p for group in optimizer.param_groups for p in group["params"]], max_grad_norm)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)


def _means(steps: Sequence[_Step], learning: NDArray[np.bool_]) -> AuxiliaryLosses:
    """Return the mean losses of minibatches; of heads, those that are ``learning`` ``(K,)``."""
    cost, evidence, long = torch.stack([step.heads for step in steps]).mean(0).cpu().numpy()
    nothing = np.full_like(cost, np.nan)
    short = np.divide(cost, evidence, out=nothing.copy(), where=learning & (evidence > 0.0))
    own = {name: float(np.mean([step.cortex[name].item() for step in steps])) for name in steps[0].cortex}
    total = float(np.mean([step.total for step in steps]))
    return AuxiliaryLosses(total, short, np.where(learning, long, nothing), own)
