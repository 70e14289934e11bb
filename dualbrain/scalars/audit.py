"""Audit the reward: the share of each signal, its drift, and whether innate reward follows the world's score.

Judgements compare quarters of the training so far, and wait until the latest holds `FEWEST_EPISODES` and
`FEWEST_STEPS`. They begin anew when the steering subsystem changes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dualbrain.scalars.books import DownsampledSeries, ReturnMoments, RewardShares
from dualbrain.scalars.instruments import Scalars

FEWEST_EPISODES = 30
"""Episodes that a quarter needs to be judged: a share of .9 of them is known to .05 (its standard error),"""
FEWEST_STEPS = 256
"""and steps, over all agents: thirty episodes of a step or two say nothing of who pays."""
FEWEST_ROLLOUTS = 4
"""Rollouts of which quarters can be made that do not overlap."""
APART = 0.5
"""the least change, in standard deviations of an episode's score,"""
CERTAIN = 5.0
"""and in standard errors, that counts as a rise or a fall."""


@dataclass(frozen=True)
class Alarm:
    """A message that is reported once."""

    step: int
    """Training step at which it sounded."""
    kind: str
    """``dominance``, ``thought`` or ``parting`` of the audit itself; ``change`` of the code length; ``collapse`` of the
    cortex."""
    text: str


class Audit:
    """The audit of one brain's training: reward shares by signal, episodes, and alarms."""

    def __init__(self) -> None:
        self.alarms: list[Alarm] = []
        """In the order in which they sounded; each kind once per signal."""
        self._curve = DownsampledSeries()
        self._restart((), {})
        self._step = 0

    def is_whole(self) -> bool:
        """Return whether it is what `keep` makes: one that was read from a file may be anything."""
        tracks = (self._curve, self._paid, self._scores, self._taken)
        names = isinstance(self._names, tuple) and all(type(name) is str for name in self._names)
        names = names and isinstance(self._weights, dict) and type(self._step) is int
        alarms = isinstance(self.alarms, list) and all(isinstance(alarm, Alarm) for alarm in self.alarms)
        return names and alarms and all(isinstance(track, DownsampledSeries) and track.is_whole() for track in tracks)

    def _restart(self, names: tuple[str, ...], weights: Mapping[str, float]) -> None:
        self._names, self._weights = names, dict(weights)
        self._paid, self._scores, self._taken = DownsampledSeries(), DownsampledSeries(), DownsampledSeries()

    def keep(self, weights: Mapping[str, float], paid: RewardShares, episodes: ReturnMoments, step: int) -> Scalars:
        """Enter what a rollout paid that ended at training step ``step``, and return its ``audit/`` scalars.

        ``weights`` are those of the K signals by full name.
        """
        names = tuple(weights)
        if (names, dict(weights)) != (self._names, self._weights):
            self._restart(names, weights)
        self._paid.add(np.concatenate(paid))
        self._scores.add(np.array(episodes))
        taken = step - self._step if step > self._step else step
        self._taken.add(np.array([float(taken)]))
        self._curve.add(np.array([taken, episodes.episodes, episodes.innate, episodes.world]))
        self._step = step
        return self._read(paid, episodes)

    def _read(self, paid: RewardShares, episodes: ReturnMoments) -> Scalars:
        innate, world = episodes.means
        return Scalars(
            {
                **{f"audit/{name}.share": float(share) for name, share in zip(self._names, paid.shares, strict=True)},
                **{f"audit/{name}.drift": drift for name, drift in self.drift().items()},
                "audit/thought": paid.by_thought,
                "audit/innate_score": innate,
                "audit/world_score": world,
            }
        )

    def drift(self) -> dict[str, float]:
        """Return by how much each signal's share grew from the first to the latest quarter of training.

        Empty before the second rollout; NaN where nothing was paid.
        """
        if len(self._paid) < 2:
            return {}
        first, *_, latest = self._reward_shares()
        return dict(zip(self._names, (latest.shares - first.shares).tolist(), strict=True))

    def _episodes(self) -> list[ReturnMoments]:
        return [ReturnMoments(*quarter) for quarter in self._scores.quarters()]

    def lacking(self) -> str:
        """Describe which data are too few for the alarms; "" if there were enough."""
        few = self._too_few()
        if few:
            return f"too little to judge by: {few}"
        if not any(quarter.episodes >= FEWEST_EPISODES for quarter in self._episodes()[:-1]):
            return f"too little to compare scores: no quarter before the latest has {FEWEST_EPISODES} episodes"
        return ""

    def _too_few(self) -> str:
        """Describe which data of the latest quarter are too few for any alarm."""
        if len(self._paid) < FEWEST_ROLLOUTS:
            return f"fewer than {FEWEST_ROLLOUTS} rollouts under the same drives and weights"
        episodes, steps = int(self._episodes()[-1].episodes), int(self._taken.quarters()[-1][0])
        if episodes >= FEWEST_EPISODES and steps >= FEWEST_STEPS:
            return ""
        had = f"{episodes:,} episodes ended in the {steps:,} steps of the latest quarter"
        return f"{had}; alarms need {FEWEST_EPISODES} in {FEWEST_STEPS} steps or more"

    def _reward_shares(self) -> list[RewardShares]:
        return [RewardShares(*np.split(quarter, 2)) for quarter in self._paid.quarters()]

    def new_alarms(self) -> list[Alarm]:
        """Return the alarms that sound now and never sounded before."""
        return [] if self._too_few() else self.add([Alarm(self._step, *heard) for heard in self._judge()])

    def add(self, alarms: Sequence[Alarm]) -> list[Alarm]:
        """Keep alarms, from wherever they come, and return those that are new by what stands before the colon."""
        said = {alarm.text.partition(":")[0] for alarm in self.alarms}
        fresh = [alarm for alarm in alarms if alarm.text.partition(":")[0] not in said]
        self.alarms += fresh
        return fresh

    def _judge(self) -> list[tuple[str, str]]:
        """Return kind and text of what is the matter; what stands before the colon is said once."""
        paid = self._reward_shares()[-1]
        quarters = self._episodes()
        lately = "over the latest quarter of the training so far"
        heard, taker = [], paid.largest(self._weights)
        if taker:
            share = paid.shares[self._names.index(taker)]
            heard.append(("dominance", f"{taker} has taken over: it paid {share:.0%} of all reward {lately}"))
        if paid.by_thought > 0.5:
            heard.append(("thought", f"thoughts pay more than evidence: {paid.by_thought:.0%} of all reward {lately}"))
        parting = diverged(quarters)
        return [*heard, ("parting", f"innate reward and world score part: {parting}")] if parting else heard

    def curve(self) -> list[tuple[int, float, float]]:
        """Return training step, mean innate return and mean world score of the episodes that ended up to it.

        One entry per rollout, or per several of a long run; those in which no episode ended are left out.
        """
        points, step = [], 0.0
        for i in range(len(self._curve)):
            taken, count, innate, world = self._curve.sum(i, i + 1).tolist()
            step += taken
            if count:
                points.append((int(step), innate / count, world / count))
        return points

    def report(self) -> dict[str, Any]:
        """Return how the latest quarter of training stands; NaN where it is undefined.

        ``{"signals": {full_name: {"share", "drift"}}, "thought": share, "innate_score": ..., "world_score": ...,
        "alarms": [...], "lacking": what was too little to judge by, "" where enough was there}``; ``signals`` is empty
        without any steps.
        """
        judged = {"alarms": list(self.alarms), "lacking": self.lacking()}
        if not len(self._paid):
            return {"signals": {}, "thought": math.nan, "innate_score": math.nan, "world_score": math.nan, **judged}
        paid, drift = self._reward_shares()[-1], self.drift()
        innate, world = self._episodes()[-1].means
        shares = {
            name: {"share": float(share), "drift": drift.get(name, math.nan)}
            for name, share in zip(self._names, paid.shares, strict=True)
        }
        scores = {"thought": paid.by_thought, "innate_score": innate, "world_score": world}
        return {"signals": shares, **scores, **judged}


def diverged(quarters: list[ReturnMoments]) -> str:
    """Describe how innate reward rose while the world's score fell; "" where they did not diverge.

    The last of ``quarters`` is held against the earlier one in which the world's score was best. Both changes must be
    at least `APART` standard deviations of an episode and `CERTAIN` standard errors, in opposite directions.
    """
    *earlier, now = [quarter for quarter in quarters if quarter.episodes >= FEWEST_EPISODES] or [quarters[-1]]
    if now is not quarters[-1] or not earlier:
        return ""
    then = max(earlier, key=lambda quarter: quarter.means[1])
    innate, world = (_change(then, now, which) for which in (0, 1))
    if innate <= 0 or world >= 0:
        return ""
    (innate_then, world_then), (innate_now, world_now) = then.means, now.means
    score = f"the score fell from {world_then:.4g} to {world_now:.4g}"
    return f"{innate_then:.4g} to {innate_now:.4g} an episode, while {score}"


def _change(then: ReturnMoments, now: ReturnMoments, which: int) -> int:
    """Return 1 for a rise, -1 for a fall, 0 for neither."""
    change = now.means[which] - then.means[which]
    spreads = then.variances[which], now.variances[which]
    deviation = math.sqrt(sum(spreads) / 2)
    error = math.sqrt(spreads[0] / then.episodes + spreads[1] / now.episodes)
    tiny = 1e-6 * max(abs(then.means[which]), abs(now.means[which]))
    sure = abs(change) > max(APART * deviation, CERTAIN * error, tiny)
    return int(np.sign(change)) if sure else 0
