"""Measure prediction skill for each signal in whole episodes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dualbrain.heads.targets import Bools, Floats, ShortTargets, lambda_returns, short_targets, successor_values
from dualbrain.scalars.metrics import auroc, explained_variance, shuffled_auroc
from dualbrain.steering.signal import Signal
from dualbrain.steering.subsystem import SteeringStep

Foreseen = Mapping[str, Mapping[str, Floats]]
"""``{"short": {full_name: (N,)}, "long": {...}}``, as an agent assesses N observations."""


@dataclass(frozen=True)
class SignalSkill:
    """Prediction skill for one signal; NaN where it is undefined or does not apply."""

    auroc: float = math.nan
    """Of "will it happen within the horizon", over windows with evidence; [0, 1] signals only."""
    auroc_shuffled: float = math.nan
    """The same with labels permuted: a half, give or take chance."""
    windows: int = 0
    """Rows whose window is whole and holds evidence,"""
    positives: int = 0
    """and those of them in which it happened."""
    explained_variance: float = math.nan
    """Of the long assessor against the discounted sum of what was settled; bootstrapped where time ran out."""

    @property
    def prevalence(self) -> float:
        """Share of positives among the windows."""
        return self.positives / self.windows if self.windows else math.nan


class PredictionLog:
    """Collects predictions and targets of N agents for K signals, step by step."""

    def __init__(self, signals: Mapping[str, Signal], gamma: float):
        self.signals = signals
        self.gamma = np.array([gamma if s.gamma is None else s.gamma for s in signals.values()], np.float32)
        self.horizon = np.array([s.horizon for s in signals.values()], np.int64)
        self._rows: list[tuple[NDArray[np.generic], ...]] = []

    def keep(
        self, foreseen: Foreseen, came: SteeringStep, terminated: Bools, truncated: Bools, final: Foreseen | None
    ) -> None:
        """Write down a step; ``final`` has the predictions at final observations, where time ran out."""
        if foreseen["short"]:
            short, long = self._columns(foreseen, "short"), self._columns(foreseen, "long")
            last = self._columns(final, "long") if final else np.zeros_like(long)
            self._rows.append((short, long, last, came.truth.copy(), came.settled.copy(), terminated, truncated))

    def _columns(self, foreseen: Foreseen, kind: str) -> Floats:
        return np.stack([foreseen[kind][name] for name in self.signals], axis=1)

    def skill(self, counting: Bools, seed: int | None = None) -> dict[str, SignalSkill]:
        """Judge every signal over the steps ``(T, N)`` that count; ``seed`` fixes the permutation of labels.

        A world's last step that counts must end an episode, and every window lies within its episode.
        """
        if not self._rows:
            return {}
        short, long, last, truth, settled, terminated, truncated = map(np.array, zip(*self._rows, strict=True))
        targets = self._targets(truth, terminated, truncated)
        rows = targets.evidence & targets.complete & counting[..., None]
        following = successor_values(long, np.zeros_like(long[0]), last, terminated, truncated)
        explained = self._explained(long, settled, following, terminated | truncated, counting)
        rng = np.random.default_rng(seed)
        found = {}
        for k, (name, signal) in enumerate(self.signals.items()):
            here = rows[..., k]
            found[name] = _judge(signal, short[..., k][here], targets.target[..., k][here] > 0.0, explained[k], rng)
        return found

    def _explained(
        self, long: Floats, settled: Floats, following: Floats, ended: Bools, counting: Bools
    ) -> list[float]:
        """Return the share of the discounted sums that the long assessors explain, per signal."""
        returns = lambda_returns(settled, following, ended, self.gamma, np.ones_like(self.gamma))
        explained = explained_variance(long[counting][:, None], returns[counting][:, None])
        return [float(share) for share in explained]

    def _targets(self, truth: Floats, terminated: Bools, truncated: Bools) -> ShortTargets:
        """Return the short targets; the end of the record cuts no window, since no episode that counts outlives it."""
        steps, more = len(truth), int(self.horizon.max())
        silence = np.full((more, *truth.shape[1:]), np.nan, np.float32)
        calm = np.zeros((more, truth.shape[1]), bool)
        terminated, truncated = (np.concatenate([ended, calm]) for ended in (terminated, truncated))
        targets = short_targets(np.concatenate([truth, silence]), terminated, truncated, self.horizon)
        return ShortTargets(targets.target[:steps], targets.evidence[:steps], targets.complete[:steps])


def _judge(signal: Signal, score: Floats, label: Bools, explained: float, rng: np.random.Generator) -> SignalSkill:
    if not signal.is_probability:
        return SignalSkill(windows=label.size, explained_variance=explained)
    return SignalSkill(
        auroc(score, label),
        shuffled_auroc(score, label, rng),
        label.size,
        int(np.count_nonzero(label)),
        explained,
    )
