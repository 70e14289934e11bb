"""Compute the scalars that are logged of one rollout; `docs/inspect.md` explains each key.

Arrays are ``(T, N, K)``: T steps, N agents, K signals. Undefined numbers (no evidence, one class only) are left out,
and never written as NaN.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.logger import Logger

from dualbrain.heads.targets import Bools, Floats, Targets, tiled
from dualbrain.scalars.lead_times import leads
from dualbrain.scalars.metrics import (
    by_column,
    calibration_error,
    column_means,
    column_sums,
    exceeding,
    explained_variance,
    known_sums,
    spaced,
)
from dualbrain.scalars.timeline import Timeline
from dualbrain.steering.signal import Signal

MOST_PER_CLASS = 4096
"""Rows of each class that an AUROC in the log is computed from; more are thinned evenly."""
MOST_JUDGED = 8192
"""Rows that a calibration error in the log is computed from."""
Leads = NDArray[np.int64]
"""Lead times in steps, one per event."""
NOT_PRINTED = ("stdout", "log")
"""Formats of SB3's logger that refuse keys whose first 30 characters agree."""


class RolloutArrays(Protocol):
    """The arrays of a rollout that the scalars are computed from."""

    truth: Floats
    """(T, N, K)"""
    settled: Floats
    """(T, N, K)"""
    worth: Floats
    """(T, N, K)"""
    from_truth: Floats
    """(T, N, K)"""
    from_thought: Floats
    """(T, N, K)"""
    short: Floats
    """(T, N, K) short predictions"""
    long: Floats
    """(T, N, K) long predictions"""
    reward: Floats
    """(T, N)"""
    world_reward: Floats
    """(T, N)"""
    preempted: Bools
    """(T, N)"""


@dataclass(frozen=True)
class Scalars:
    """Scalars by key."""

    means: dict[str, float] = field(default_factory=dict)
    """Averaged over the rollouts since the last write."""
    counts: dict[str, float] = field(default_factory=dict)
    """Added up since the last write: rare events are counted, not lost."""

    def __or__(self, other: Scalars) -> Scalars:
        return Scalars(self.means | other.means, self.counts | other.counts)

    def write(self, logger: Logger) -> None:
        """Write every finite number to SB3's logger."""
        write_means(logger, self.means)
        self.write_counts(logger)

    def write_counts(self, logger: Logger) -> None:
        """Add the counts to those that wait in SB3's logger."""
        for key, value in self.counts.items():
            logger.record(key, logger.name_to_value.get(key, 0.0) + value, exclude=NOT_PRINTED)


def write_means(logger: Logger, means: Mapping[str, float]) -> None:
    """Write every finite number to SB3's logger, to be averaged with what waits there."""
    for key, value in means.items():
        if np.isfinite(value):
            logger.record_mean(key, value, exclude=NOT_PRINTED)


def reward_scalars(names: Sequence[str], rollout: RolloutArrays) -> Scalars:
    """Return what happened and what it paid: ``drive/``, ``reward/`` and ``world/``."""
    known, rows = ~np.isnan(rollout.truth), rollout.reward.size
    evidence, events = column_sums(known), column_sums((rollout.truth != 0.0) & known)
    means = {
        **_keyed("drive/{}.truth", names, _ratio(known_sums(rollout.truth), evidence)),
        **_keyed("drive/{}.evidence", names, evidence / rows),
        **_keyed("drive/{}.worth", names, column_means(rollout.worth)),
        **_keyed("reward/{}.truth", names, column_means(rollout.from_truth)),
        **_keyed("reward/{}.thought", names, column_means(rollout.from_thought)),
        "reward/total": float(rollout.reward.mean()),
        "world/reward": float(rollout.world_reward.mean()),
        "world/reflexes": float(rollout.preempted.mean()),
    }
    return Scalars(means, _keyed("drive/{}.events", names, events))


def deference_scalars(names: Sequence[str], rollout: RolloutArrays, weights: Floats) -> Scalars:
    """Return where thoughts stood in for evidence, and what the cap on them withheld; ``weights`` ``(K,)`` in force."""
    deferred = np.isnan(rollout.truth) & (rollout.settled != 0.0)
    uncapped = np.abs(tiled(weights, rollout.worth) * rollout.worth * rollout.settled)
    withheld = uncapped - np.abs(rollout.from_truth + rollout.from_thought)
    return Scalars(
        {
            **_keyed("drive/{}.deferred", names, column_means(deferred)),
            **_keyed("reward/{}.capped", names, column_means(withheld)),
        }
    )


def weight_scalars(names: Sequence[str], weights: Floats) -> Scalars:
    """Return the weights ``(K,)`` in force: ``drive/``."""
    return Scalars(_keyed("drive/{}.weight", names, weights))


def prediction_scalars(names: Sequence[str], rollout: RolloutArrays, targets: Targets) -> Scalars:
    """Return mean predictions beside their targets, as ``drive/``, and ``assessor/{}.ev``."""
    taught = targets.short.evidence & targets.short.complete
    rows = column_sums(taught)
    return Scalars(
        {
            **_keyed("drive/{}.target", names, _ratio(column_sums(targets.short.target * taught), rows)),
            **_keyed("drive/{}.prediction", names, _ratio(column_sums(rollout.short * taught), rows)),
            **_keyed("assessor/{}.ev", names, explained_variance(rollout.long, targets.long)),
        }
    )


def classification_scalars(names: Sequence[str], probable: Bools, rollout: RolloutArrays, targets: Targets) -> Scalars:
    """Return how well the short assessors tell windows in which something happens from others: ``assessor/``.

    ``probable`` ``(K,)`` marks the signals whose range is [0, 1]: others are left out.
    """
    taught = targets.short.evidence & targets.short.complete
    columns = [by_column(rows) for rows in (rollout.short, targets.short.target, taught)]
    judged = Scalars()
    for k in np.flatnonzero(probable).tolist():
        judged |= _judged(names[k], *(column[k] for column in columns))
    return judged


def _judged(name: str, prediction: Floats, target: Floats, taught: Bools) -> Scalars:
    """Judge one column, ``(R,)`` each, by some of the rows that have a target."""
    windows, came = np.flatnonzero(taught), taught & (target > 0.0)
    rows, happened = spaced(windows, MOST_JUDGED), np.flatnonzero(came)
    positives, calm = (spaced(indices, MOST_PER_CLASS) for indices in (happened, _calm(rows, windows, came)))
    means = {
        f"assessor/{name}.auroc": exceeding(prediction[positives], prediction[calm]),
        f"assessor/{name}.calibration": calibration_error(prediction[rows], target[rows]),
    }
    return Scalars(means, {f"assessor/{name}.positives": float(len(happened))})


def _calm(rows: NDArray[np.int64], windows: NDArray[np.int64], came: Bools) -> NDArray[np.int64]:
    """Return windows in which nothing happened: those among ``rows``, as a rule enough, else all there are."""
    calm = rows[~came[rows]]
    return calm if len(calm) >= MOST_PER_CLASS or len(rows) == len(windows) else windows[~came[windows]]


def leads_of(
    signals: Mapping[str, Signal], timeline: Timeline, rollout: RolloutArrays, targets: Targets
) -> dict[str, Leads]:
    """Return the lead times ``(E,)`` of every [0, 1] signal by full name; of a whole rollout, the absent included."""
    taught, found = targets.short, {}
    calm = taught.evidence & taught.complete & (taught.target == 0.0)
    events = (rollout.truth != 0.0) & ~np.isnan(rollout.truth)
    prediction, event, quiet = (timeline.columns(rows) for rows in (rollout.short, events, calm))
    for k, (name, signal) in enumerate(signals.items()):
        if signal.is_probability:
            found[name] = leads(timeline, prediction[k], event[k], quiet[k], signal.horizon)
    return found


def lead_time_scalars(found: Mapping[str, Leads]) -> Scalars:
    """Return mean lead times: ``assessor/``."""
    return Scalars({f"assessor/{name}.lead": float(steps.mean()) for name, steps in found.items() if len(steps)})


def dopamine_scalars(names: Iterable[str], errors: NDArray[Any]) -> Scalars:
    """Return the scalars of TD errors ``(T, N, K)``: mean and root mean square of each column."""
    names = list(names)
    rms = np.sqrt(column_means(np.square(errors)))
    return Scalars({**_keyed("dopamine/{}", names, column_means(errors)), **_keyed("dopamine/{}.rms", names, rms)})


def valence_errors(advantages: Floats, episode_starts: Floats, gamma: float, gae_lambda: float) -> Floats:
    """Return the TD errors of the value function ``(T, N)``, which generalised advantages add up.

    ``delta_t = A_t - gamma * lambda * A_{t+1}`` within an episode (Schulman et al. 2016, equation 16).
    ``episode_starts`` ``(T, N)`` is 1 in the first row of an episode.
    """
    errors = advantages.copy()
    errors[:-1] -= gamma * gae_lambda * (1.0 - episode_starts[1:]) * advantages[1:]
    return errors


def _keyed(pattern: str, names: Iterable[str], values: NDArray[Any]) -> dict[str, float]:
    return {pattern.format(name): float(value) for name, value in zip(names, values, strict=True)}


def _ratio(total: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``total / rows``, NaN without rows."""
    return np.where(rows > 0, total / np.maximum(rows, 1.0), np.nan)
