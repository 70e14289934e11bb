"""Train long heads online: K linear heads on given features, by TD(lambda), step by step.

The agent's long heads are taught the same targets from whole rollouts: `dualbrain.heads.targets.lambda_returns` is the
forward view of what is the backward view here (Sutton and Barto 2018, section 12.2; `tests/chamber/test_online.py`
holds one against the other).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dualbrain.chamber.associability import Associability
from dualbrain.chamber.dyna import Dyna
from dualbrain.chamber.linear_heads import LinearHeads
from dualbrain.errors import UserError
from dualbrain.structured.ranges import AT_LEAST_1

Floats = NDArray[np.float64]


@dataclass
class TDLambda(LinearHeads):
    """K linear long heads of width Z; values ``W x``, learned with eligibility traces and one rate per head."""

    signals: int
    """K"""
    gamma: float | Floats = 0.98
    """Discount per step, or ``(K,)`` of them."""
    gae_lambda: float | Floats = 0.0
    """Decay of the traces, or ``(K,)`` of them."""
    rate: float | Floats = 0.1
    """Step size, or ``(K,)`` of them."""
    asymmetry: float | Floats = 0.5
    """Share of learning from good surprises, in [0, 1], or ``(K,)`` of them; 0.5 learns alike from good and bad."""
    floor: float = -np.inf
    """Least value that a head can tell of; 0 for heads that know no inhibition."""
    at_once: bool = False
    """Whether all that an episode teaches is learned at its end: the offline view, for comparison."""
    associability: Associability | None = None
    """Attention that is spent on what surprises (Pearce and Hall 1980)."""
    dyna: Dyna | None = None
    """Rehearsal of remembered transitions after every episode."""

    def __post_init__(self) -> None:
        self._check()
        self.weights = np.zeros((self.signals, 0))

    def _check(self) -> None:
        """Raise `UserError` for a number out of its range."""
        if self.signals == 0:
            raise UserError("assessors have 1 signal or more, not 0")
        self.signals = AT_LEAST_1.check(self.signals, "the number of signals")
        for name, most in (("gamma", 1.0), ("gae_lambda", 1.0), ("asymmetry", 1.0), ("rate", np.inf)):
            given = np.asarray(getattr(self, name))
            if given.dtype.kind not in "iuf":
                raise UserError(f"{name} must be one number, or {self.signals} of them, not {getattr(self, name)!r}")
            if given.shape not in ((), (self.signals,)):
                raise UserError(f"{name} must be one number, or {self.signals} of them, not {given.shape}")
            if not ((given >= 0.0) & (given <= most) & np.isfinite(given)).all():
                raise UserError(f"{name} must be from 0 to {most:g}, not {getattr(self, name)}")

    def overshoot(self, features: Floats) -> float:
        """Return by which factor, at most, a transition of an episode ``(T, Z)`` corrects its own error.

        That is ``rate * trace . (x_t - gamma x_{t+1})``, with `asymmetry` in the rate: at 1 a surprise is learned at
        once, above 2 it grows when it is met again.
        """
        gamma, share = np.asarray(self.gamma), 2.0 * np.maximum(self.asymmetry, 1.0 - np.asarray(self.asymmetry))
        following = np.concatenate([features[1:], np.zeros_like(features[:1])])
        decay = np.reshape(gamma * np.asarray(self.gae_lambda), (-1, 1))
        trace, most = np.zeros((1, features.shape[1])), 0.0
        for now, then in zip(features, following, strict=True):
            trace = decay * trace + now
            most = max(most, float((self.rate * share * (trace @ now - gamma * (trace @ then))).max()))
        return most

    def values(self, features: Floats) -> Floats:
        """Return the values ``(..., K)`` of features ``(..., Z)``."""
        return np.maximum(features @ self.weights.T, self.floor)

    def errors(self, features: Floats, cumulants: Floats, following: Floats | None) -> Floats:
        """Return the TD errors ``(K,)`` of one transition; nothing follows (None) where the episode ends."""
        later = 0.0 if following is None else self.gamma * self.values(following)
        return np.asarray(cumulants + later - self.values(features))

    def learn_episode(self, features: Floats, cumulants: Floats) -> Floats:
        """Learn from one episode of T steps; return the TD errors ``(T, K)``, the dopamine of each transition.

        Row ``t`` of ``features`` ``(T, Z)`` is what was perceived, row ``t`` of ``cumulants`` ``(T, K)`` what the
        transition from there brought.
        """
        self.widen(features.shape[1])
        before, errors = self.weights.copy(), np.zeros((len(features), self.signals))
        trace, taught = np.zeros_like(self.weights), np.zeros_like(self.weights)
        decay = np.reshape(self.gamma * np.asarray(self.gae_lambda), (-1, 1))
        for t in range(len(features)):
            following = features[t + 1] if t + 1 < len(features) else None
            errors[t] = self.errors(features[t], cumulants[t], following)
            trace = decay * trace + features[t]
            if trace.any():
                lesson = self.lesson(errors[t], trace, features[t], following)
                taught += lesson
                self.weights += 0.0 if self.at_once else lesson
        if self.at_once:
            self.weights = before + taught
        if self.dyna:
            self.dyna.rehearse(self, features, cumulants)
        return errors

    def lesson(self, errors: Floats, trace: Floats, features: Floats, following: Floats | None) -> Floats:  # noqa: ARG002
        """Return what a transition adds to the weights ``(K, Z)``: errors ``(K,)`` for whom traces ``(K, Z)`` tell."""
        share = 2.0 * np.where(errors > 0.0, self.asymmetry, 1.0 - np.asarray(self.asymmetry))
        lesson = np.asarray((self.rate * share * errors)[:, None] * trace)
        if self.associability:
            lesson = lesson * self.associability.of(features, errors)
        return lesson

    def td_errors(self, features: Floats, cumulants: Floats) -> Floats:
        """Return the TD errors ``(T, K)`` of an episode from which nothing is learned."""
        self.widen(features.shape[1])
        values = self.values(features)
        later = np.concatenate([values[1:], np.zeros((1, self.signals))])
        return np.asarray(cumulants + self.gamma * later - values)
