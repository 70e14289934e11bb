"""Summaries of the latest rollouts, for the closing table."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dualbrain.scalars.books import RewardShares
from dualbrain.scalars.instruments import RolloutArrays, Scalars
from dualbrain.scalars.metrics import column_sums


@dataclass(frozen=True)
class SignalSummary:
    """One signal in one rollout."""

    truth: float
    """Sum of the absolute reward that evidence paid."""
    thought: float
    """Sum of the absolute reward that thoughts paid."""
    auroc: float
    """Of the short assessor; NaN where it does not apply."""
    explained_variance: float
    """Of the long assessor; NaN where its target did not vary."""


class RecentRollouts:
    """Summaries of the latest ``length`` rollouts, and the reward from predictions since the beginning."""

    def __init__(self, length: int = 10):
        self.rollouts: deque[dict[str, SignalSummary]] = deque(maxlen=length)
        self.thought_sums: dict[str, float] = {}
        """Reward that thoughts paid so far, all agents together, by signal."""

    def is_whole(self) -> bool:
        """Return whether it is what `keep` makes: one that was read from a file may be anything."""
        rollouts = list(self.rollouts) if isinstance(self.rollouts, deque) else [None]
        seen = all(
            isinstance(each, dict) and all(isinstance(one, SignalSummary) for one in each.values()) for each in rollouts
        )
        sums = self.thought_sums.values() if isinstance(self.thought_sums, dict) else [None]
        return seen and all(type(paid) is float for paid in sums)

    def keep(self, names: Sequence[str], rollout: RolloutArrays, paid: RewardShares, scalars: Scalars) -> None:
        """Remember a rollout, and what was paid in it."""
        self.rollouts.append(
            {
                name: SignalSummary(
                    truth,
                    thought,
                    scalars.means.get(f"assessor/{name}.auroc", math.nan),
                    scalars.means.get(f"assessor/{name}.ev", math.nan),
                )
                for name, truth, thought in zip(
                    names,
                    paid.truth.tolist(),
                    paid.thought.tolist(),
                    strict=True,
                )
            }
        )
        for name, reward in zip(names, column_sums(rollout.from_thought).tolist(), strict=True):
            self.thought_sums[name] = self.thought_sums.get(name, 0.0) + reward

    def report(self) -> dict[str, Any]:
        """Return reward shares by module, which add up to 1, and prediction skill by signal.

        ``{"modules": {name: {"truth": share, "thought": share}}, "signals": {full_name: {"auroc": ...,
        "explained_variance": ...}}}``; NaN where there is nothing to tell. All shares are 0 where nothing was paid.
        """
        names = list(self.rollouts[-1]) if self.rollouts else []
        seen = {name: [rollout[name] for rollout in self.rollouts if name in rollout] for name in names}
        return {
            "modules": _shares(seen),
            "signals": {
                name: {
                    "auroc": _mean(summary.auroc for summary in summaries),
                    "explained_variance": _mean(summary.explained_variance for summary in summaries),
                }
                for name, summaries in seen.items()
            },
        }


def _shares(seen: dict[str, list[SignalSummary]]) -> dict[str, dict[str, float]]:
    shares = {name.partition(".")[0]: {"truth": 0.0, "thought": 0.0} for name in seen}
    total = sum(summary.truth + summary.thought for summaries in seen.values() for summary in summaries) or 1.0
    for name, summaries in seen.items():
        share = shares[name.partition(".")[0]]
        share["truth"] += sum(summary.truth for summary in summaries) / total
        share["thought"] += sum(summary.thought for summary in summaries) / total
    return shares


def _mean(values: Iterable[float]) -> float:
    known = [value for value in values if math.isfinite(value)]
    return sum(known) / len(known) if known else math.nan
