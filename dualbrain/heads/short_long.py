"""Thought assessors: a short and a long head per signal, each kind one linear layer on the thought."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from dualbrain.errors import unknown
from dualbrain.steering.signal import Signal

EXPECTS_NOTHING = -3.0
"""Initial logit of a [0, 1] signal's short head: a signal without events is predicted near 0."""


class HeadLosses(NamedTuple):
    """What a minibatch cost each head, ``(K,)`` each."""

    short: Tensor
    """mean over the evidence"""
    long: Tensor
    """mean over the rows"""
    evidence: Tensor
    """how much there was, in rows"""


class PopArtLinear(nn.Linear):
    """A linear layer that keeps its targets near unit variance, and its outputs unchanged while it does so.

    PopArt (van Hasselt et al. 2016): outputs ``scale * (W x + b) + mean`` per column, with running moments.
    """

    scale: Tensor
    mean: Tensor
    variance: Tensor
    seen: Tensor

    def __init__(self, in_features: int, out_features: int, decay: float = 0.95, floor: float = 1e-3):
        super().__init__(in_features, out_features)
        self.decay, self.floor = decay, floor
        nn.init.zeros_(self.weight)
        nn.init.zeros_(self.bias)
        self.register_buffer("scale", torch.ones(out_features))
        self.register_buffer("mean", torch.zeros(out_features))
        self.register_buffer("variance", torch.zeros(out_features))
        self.register_buffer("seen", torch.zeros(out_features))

    def forward(self, thought: Tensor) -> Tensor:
        """Return ``(N, K)`` in the targets' own units."""
        return torch.addcmul(self.mean, self.scale, super().forward(thought))

    def normalised(self, thought: Tensor) -> Tensor:
        """Return ``(N, K)`` in units of the running deviation, where the loss is computed."""
        return super().forward(thought)

    def normalise(self, target: Tensor) -> Tensor:
        """Return ``(N, K)`` targets in units of the running deviation."""
        return (target - self.mean) / self.scale

    @torch.no_grad()
    def update_scale(self, mean: Tensor, variance: Tensor, columns: Tensor) -> None:
        """Move the moments of the chosen ``columns`` ``(K,)`` towards a batch's, keeping what is predicted."""
        fresh = (1.0 - self.decay) / (1.0 - self.decay ** (self.seen + 1.0))
        fresh[self.seen == 0] = 1.0
        rate = torch.where(columns, fresh, torch.zeros_like(fresh))
        self.seen += columns
        new_mean = torch.lerp(self.mean, mean, rate)
        old, new = (self.mean - new_mean).square() + self.variance, (mean - new_mean).square() + variance
        self.variance.copy_(torch.lerp(old, new, rate))
        deviation = self.variance.clamp_min(self.floor**2).sqrt()
        new_scale = torch.where(columns, deviation, self.scale)
        self.weight.mul_((self.scale / new_scale)[:, None])
        self.bias.copy_((self.scale * self.bias + self.mean - new_mean) / new_scale)
        self.mean.copy_(new_mean)
        self.scale.copy_(new_scale)


class ThoughtAssessors(nn.Module):
    """The heads of K signals on a thought of width Z.

    ``short`` answers "what is about to happen" (a probability for [0, 1] signals), supervised by gated evidence;
    ``long`` is a general value function per signal (Sutton et al. 2011), trained by TD(lambda) on settled signals.
    The heads of ``ablated_heads`` predict 0 and learn nothing.

    Raises `UserError` for an ablated head that is of no signal.
    """

    def __init__(
        self,
        signals: Mapping[str, Signal],
        width: int,
        gamma: float,
        gae_lambda: float,
        ablated_heads: Collection[str] = (),
    ):
        super().__init__()
        check_ablated_heads(ablated_heads, signals)
        self.names = tuple(signals)
        self.signals = dict(signals)
        given = list(signals.values())
        self.gamma = np.array([gamma if s.gamma is None else s.gamma for s in given], np.float32)
        self.gae_lambda = np.array([gae_lambda if s.gae_lambda is None else s.gae_lambda for s in given], np.float32)
        self.horizon = np.array([s.horizon for s in given], np.int64)
        self.short = PopArtLinear(width, len(given))
        self.long = PopArtLinear(width, len(given))
        self.probable: Tensor
        self.unbounded: Tensor
        self.register_buffer("probable", torch.tensor([s.is_probability for s in given]), persistent=False)
        self.register_buffer("unbounded", torch.tensor([not s.bounded for s in given]), persistent=False)
        self.intact: Tensor
        self.learning: Tensor
        self.register_buffer(
            "intact", torch.tensor([float(name not in ablated_heads) for name in signals]), persistent=False
        )
        self.register_buffer("learning", self.intact.clone(), persistent=False)
        with torch.no_grad():
            self.short.scale.copy_(torch.tensor([s.high - s.low if s.bounded else 1.0 for s in given]))
            self.short.bias[self.probable] = EXPECTS_NOTHING

    def scorecard(self, thought: Tensor) -> Tensor:
        """Return the short predictions ``(N, K)`` for thoughts ``(N, Z)``, in the signals' units."""
        return self.predict_short(self.short, thought)

    def predict_short(self, short: PopArtLinear, thought: Tensor) -> Tensor:
        """Return the predictions ``(N, K)`` of short heads, live or slow: probabilities where the range is [0, 1]."""
        raw = short(thought)
        return torch.where(self.probable, torch.sigmoid(raw), raw) * self.intact

    def long_values(self, thought: Tensor) -> Tensor:
        """Return the long predictions ``(N, K)``: discounted sums of the settled signals."""
        values: Tensor = self.long(thought) * self.intact
        return values

    def set_learning(self, active: Tensor) -> None:
        """Let the heads of ``active`` signals ``(K,)`` learn, unless ablated; the others are frozen."""
        self.learning.copy_(self.intact * active)

    @contextmanager
    def frozen_heads(self) -> Iterator[None]:
        """Keep the parameters of the frozen heads, which momentum and rounding would carry on."""
        at_rest = self.learning == 0.0
        kept = [parameter.detach()[at_rest].clone() for parameter in self.parameters()]
        yield
        with torch.no_grad():
            for parameter, rows in zip(self.parameters(), kept, strict=True):
                parameter[at_rest] = rows

    @torch.no_grad()
    def update_short_scales(self, target: Tensor, weight: Tensor) -> None:
        """Adapt the scales of the short heads to targets and weights ``(B, K)`` of a new rollout."""
        if self.unbounded.any():
            total = weight.sum(0)
            square = (target.square() * weight).sum(0) / total.clamp_min(1.0)
            learns = self.unbounded & (total > 0) & (self.learning > 0.0)
            self.short.update_scale(torch.zeros_like(square), square, learns)

    @torch.no_grad()
    def update_long_scales(self, target: Tensor) -> None:
        """Adapt the scales of the long heads to the targets ``(B, K)`` of a new rollout."""
        variance, mean = torch.var_mean(target, dim=0, correction=0)
        self.long.update_scale(mean, variance, self.learning > 0.0)

    def losses(self, thought: Tensor, short_target: Tensor, short_weight: Tensor, long_target: Tensor) -> HeadLosses:
        """Return the loss of each head for a minibatch; the targets and weights are ``(B, K)``."""
        short, evidence = self.short_costs(thought, short_target, short_weight), short_weight.sum(0)
        return HeadLosses(short / evidence.clamp_min(1.0), self.long_losses(thought, long_target), evidence)

    def long_losses(self, thought: Tensor, target: Tensor) -> Tensor:
        """Return the mean loss ``(K,)`` of each long head, for thoughts ``(B, Z)`` and targets ``(B, K)``."""
        return 0.5 * (self.long.normalised(thought) - self.long.normalise(target)).square().mean(0)

    def predict_logits(self, thought: Tensor, *, fixed: bool = False) -> Tensor:
        """Return raw short predictions ``(R, K)``: logits of [0, 1] signals, else in running deviations.

        ``fixed``: the gradient reaches the thoughts ``(R, Z)``, but not the heads.
        """
        if not fixed:
            return self.short.normalised(thought)
        return functional.linear(thought, self.short.weight.detach(), self.short.bias.detach())

    def short_loss(self, thought: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Return the summed loss of the short heads that learn, each a mean over its evidence.

        Thoughts are ``(R, Z)``; targets and weights ``(R, K)``.
        """
        return (self.short_costs(thought, target, weight) / weight.sum(0).clamp_min(1.0) * self.learning).sum()

    def short_costs(self, thought: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Return the errors ``(K,)`` of all short heads, summed over the rows by weight; see `short_loss`."""
        return (self._short_errors(self.short.normalised(thought), target) * weight).sum(0)

    def matching_loss(self, thought: Tensor, goal: Tensor, weight: Tensor) -> Tensor:
        """Return how far apart thoughts and ``goal`` ``(R, Z)`` read to the short heads, which stay fixed.

        A mean over rows by ``weight`` ``(R,)``, summed over the heads that are intact: cross-entropy of probabilities,
        half the squared difference of others. No gradient reaches ``goal``.
        """
        imagined = self.predict_logits(thought, fixed=True)
        with torch.no_grad():
            raw = self.predict_logits(goal)
            wanted = torch.where(self.probable, torch.sigmoid(raw), raw)
        entropy = functional.binary_cross_entropy_with_logits(imagined, wanted.clamp(0.0, 1.0), reduction="none")
        each = torch.where(self.probable, entropy, 0.5 * (imagined - wanted).square()) * self.intact
        return (each.sum(1) * weight).sum() / weight.sum().clamp_min(1.0)

    def _short_errors(self, raw: Tensor, target: Tensor) -> Tensor:
        """Return the error ``(R, K)`` of raw predictions against targets in the signals' units."""
        entropy = functional.binary_cross_entropy_with_logits(raw, target.clamp(0.0, 1.0), reduction="none")
        return torch.where(self.probable, entropy, 0.5 * (raw - self.short.normalise(target)).square())

    def total(self, losses: HeadLosses) -> Tensor:
        """Return the sum over the heads that learn: each counts alike, however rare its evidence."""
        return (losses.short * self.learning).sum() + (losses.long * self.learning).sum()


def check_ablated_heads(names: Iterable[str], signals: Iterable[str]) -> None:
    """Raise `UserError` for an ablated head that is of no signal, with the nearest one."""
    known = list(signals)
    for name in names:
        if name not in known:
            raise unknown("signal", name, known, " to ablate")
