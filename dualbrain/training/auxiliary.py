"""Train heads and cortex on a rollout, with the losses of the heads and the cortex's own."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
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


@dataclass(frozen=True)
class TrainingPhase:
    """What heads and cortex learn from at one time, and how."""

    network: Predicting
    observations: Any
    """``(N * T, ...)``, flattened, or a dict of such"""
    rollout: Rollout
    """Rows of reflexes teach, those of absent agents do not; at least one row must be present."""
    options: AssessorOptions
    batch_size: int
    shuffle: np.random.Generator
    active: NDArray[np.bool_]
    """``(K,)``: heads of other signals stay as they are."""

    @property
    def heads(self) -> ThoughtAssessors:
        """The heads of the network."""
        assert self.network.assessors is not None
        return self.network.assessors

    @contextmanager
    def learning(self, mode: bool) -> Iterator[None]:
        """Let the active heads learn, and the cortex be in training ``mode`` or not; clear gradients before and after.

        SB3 clips the norm over all of a policy's parameters, so none may be left.
        """
        self.heads.set_learning(torch.as_tensor(self.active, device=self.network.device))
        self.network.set_training_mode(mode)
        self.network.zero_grad(set_to_none=True)
        with self.heads.frozen_heads():
            yield
        self.network.zero_grad(set_to_none=True)
        self.network.update_ema()

    def minibatches(self, length: int) -> Iterator[Rows]:
        """Return minibatches of windows of ``length`` rows of present agents, each in as many epochs as there are."""
        first = first_rows(self.rollout.present, length)
        return minibatches(first, length, self.batch_size, self.options.epochs, self.shuffle)


def train_auxiliary(phase: TrainingPhase) -> AuxiliaryLosses:
    """Fit heads (and the cortex, unless detached) to a rollout's targets, and the cortex to its own losses."""
    lesson, rng = _Lesson(phase), _own_stream(phase.shuffle, phase.network.device)
    with phase.learning(True):
        short, weight, long = lesson.targets()
        phase.heads.update_short_scales(short, weight)
        phase.heads.update_long_scales(long)
        steps = [lesson.learn(rows, rng) for rows in phase.minibatches(lesson.length)]
    return _means(steps, phase.heads.learning.cpu().numpy() > 0.0)


def train_long_heads(phase: TrainingPhase) -> AuxiliaryLosses:
    """Fit the long heads alone to a rollout's targets, on the thoughts of a cortex that learns by itself."""
    lesson, heads = _Lesson(phase), phase.heads
    with phase.learning(False):
        heads.update_long_scales(lesson.targets()[2])
        thoughts = lesson.thoughts()
        losses = [lesson.learn_long(thoughts, torch.as_tensor(rows[0])) for rows in phase.minibatches(1)]
    mean = torch.stack(losses).mean(0).cpu().numpy()
    long = np.where(heads.learning.cpu().numpy() > 0.0, mean, np.nan)
    return AuxiliaryLosses(float(np.nansum(long)), np.full_like(long, np.nan), long, {})


def rethought(phase: TrainingPhase) -> Tensor:
    """Return what is thought ``(N * T, Z)`` of a rollout by the cortex as it is now; rows of absent agents are 0."""
    phase.network.set_training_mode(False)
    return _Lesson(phase).thoughts()


class _Step(NamedTuple):
    """The losses of a minibatch, without gradient."""

    total: float
    heads: Tensor
    """(3, K): what the short heads' evidence cost, how much there was, what the long heads cost"""
    cortex: Mapping[str, Tensor]


class _Lesson:
    """A rollout as tensors ``(N * T, ...)``, and the network that learns from it."""

    def __init__(self, phase: TrainingPhase):
        self._network, self._heads, self._observations = phase.network, phase.heads, phase.observations
        self._options, rollout = phase.options, phase.rollout
        self.length = min(self._network.cortex.window, rollout.n_steps)
        short = rollout.targets.short
        self._targets = [
            self._column(rows) for rows in (short.target, short.weights(self._options.unlearn), rollout.targets.long)
        ]
        self._actions, self._starts, self._present = (
            self._column(rows) for rows in (rollout.executed, rollout.episode_starts, rollout.present)
        )
        self._grid, self._everybody = rollout.present, bool(rollout.present.all())
        self._states, self._steps = rollout.states, rollout.n_steps
        self._learns = not self._options.detach or any(True for _ in self._network.cortex.parameters())

    def _column(self, rows: Any) -> Tensor:
        return torch.as_tensor(flatten(rows), device=self._network.device)

    def targets(self) -> list[Tensor]:
        """Return short target, its weight and long target ``(R, K)`` of all rows of present agents."""
        return self._targets if self._everybody else [target[self._present] for target in self._targets]

    def learn(self, rows: Rows, rng: torch.Generator) -> _Step:
        """Take a step of the optimizer on windows, rows ``(L, B)``."""
        windows, cortex = self._windows(rows), self._network.cortex
        with torch.set_grad_enabled(self._learns):
            thoughts = cortex.unroll(windows)
        read, targets = self._taught(thoughts.detach() if self._options.detach else thoughts, rows)
        heads = self._heads.losses(read, *targets)
        own = cortex.losses(self._lesson(windows, thoughts, rows, rng))
        total = sum(own.values(), self._heads.total(heads))
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
        losses = self._heads.long_losses(thoughts[index], self._targets[2][index])
        _descend(self._network, (losses * self._heads.learning).sum(), self._options.max_grad_norm)
        return losses.detach()

    def _lesson(self, windows: Windows, thoughts: Tensor, rows: Rows, rng: torch.Generator) -> Lesson:
        """Return what the cortex learns from by itself, with the targets ``(L, B, K)`` of the short heads."""
        target, weight = (column[torch.as_tensor(rows)] for column in self._targets[:2])
        return Lesson(windows, thoughts, self._heads, target, weight, rng)

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
