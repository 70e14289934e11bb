"""Control learners that must fail: without time within a trial, or without a summed error."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dualbrain.chamber import SerialCompound
from dualbrain.chamber.td_lambda import TDLambda

Floats = NDArray[np.float64]


class TrialLevel(TDLambda):
    """One error per trial, felt when it is over: no time within (Rescorla and Wagner 1972)."""

    def learn_episode(self, features: Floats, cumulants: Floats) -> Floats:
        """Learn once from all that was there."""
        there, errors = features.max(axis=0), self.td_errors(features, cumulants)
        self.weights += (self.rate * errors.sum(axis=0))[:, None] * there
        return errors

    def td_errors(self, features: Floats, cumulants: Floats) -> Floats:
        """Return the errors ``(T, K)``: that of the trial where an outcome arrived, or at its end."""
        self.widen(features.shape[1])
        errors = np.zeros((len(features), self.signals))
        felt = np.flatnonzero(cumulants.any(axis=1))
        errors[felt[-1] if len(felt) else -1] = cumulants.sum(axis=0) - self.values(features.max(axis=0))
        return errors


class Hebbian(TDLambda):
    """Each stimulus learns by itself, as if it had been there alone: no summed error."""

    block = SerialCompound().width
    """Features of one stimulus, as it is perceived by default."""

    def lesson(self, errors: Floats, trace: Floats, features: Floats, following: Floats | None) -> Floats:
        """Return what a transition adds to the weights, each stimulus corrected by its own error."""
        heads, width = self.weights.shape
        apart = (heads, width // self.block, self.block)
        now = (self.weights * features).reshape(apart).sum(axis=2)
        later = 0.0 if following is None else (self.weights * following).reshape(apart).sum(axis=2)
        outcome = errors + self.values(features) - (0.0 if following is None else self.gamma * self.values(following))
        own = outcome[:, None] + self.gamma * later - now
        return np.asarray(self.rate * np.repeat(own, self.block, axis=1) * trace)
