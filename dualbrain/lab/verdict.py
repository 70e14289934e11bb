"""Compute verdicts: which claims hold, whether each control fails, and the verdict that follows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from dualbrain.compare.intervals import Interval, bootstrap_interval, difference
from dualbrain.lab.experiment import Claim, Experiment, Samples, SeedResults, ratio


class Verdict(StrEnum):
    """The verdict on an experiment."""

    PASS = "PASS"
    FAIL = "FAIL"
    PENDING = "pending"
    NOT_JUDGED = "not judged"
    NOT_RUN = "not run"


@dataclass(frozen=True)
class ClaimResult:
    """One claim, tested on the results of a condition."""

    claim: Claim
    condition: str
    measured: Interval
    share: float
    """Of the seeds, how many lie within the bounds each."""
    finite: float
    """Of the seeds, how many came to a finite number."""
    holds: bool

    @property
    def is_measured(self) -> bool:
        """Whether there is a number to be held against the bounds, of a single seed where a share of them is asked."""
        return bool(self.finite > 0 if self.claim.share else np.isfinite(self.measured.value))


@dataclass(frozen=True)
class ExperimentResult:
    """The results of all claims of an experiment, with its verdict."""

    verdict: Verdict
    claims: tuple[ClaimResult, ...] = ()
    controls: tuple[tuple[str, tuple[ClaimResult, ...]], ...] = ()
    """For each control the claims, held against its own measures."""

    @property
    def failed_controls(self) -> tuple[str, ...]:
        """Controls that fail, as they should: some claim does not hold of what was measured under them."""
        failing = {
            name: [each for each in found if each.is_measured and not each.holds] for name, found in self.controls
        }
        return tuple(name for name, claims in failing.items() if claims)


def judge(experiment: Experiment, found: SeedResults, judged: bool = True) -> ExperimentResult:
    """Test the claims on the results; ``judged`` is False where the budget was too small for a verdict."""
    if experiment.waits_for:
        return ExperimentResult(Verdict.PENDING)
    claims = tuple(check_claim(claim, found, claim.of) for claim in experiment.claims)
    controls = tuple((name, _of_control(experiment, found, name)) for name in experiment.controls)
    judgement = ExperimentResult(Verdict.NOT_JUDGED, claims, controls)
    if not judged:
        return judgement
    passed = all(finding.holds for finding in claims) and len(judgement.failed_controls) == len(controls)
    return ExperimentResult(Verdict.PASS if passed else Verdict.FAIL, claims, controls)


def _of_control(experiment: Experiment, found: SeedResults, control: str) -> tuple[ClaimResult, ...]:
    """Test the claims about the subject on a control, those whose measure it has."""
    about = [claim for claim in experiment.claims if claim.of == experiment.subject and claim.measure in found[control]]
    return tuple(check_claim(claim, found, control) for claim in about if claim.more_than != control)


def check_claim(claim: Claim, found: SeedResults, condition: str) -> ClaimResult:
    """Test one claim on the measures of a condition; a NaN does not hold."""
    sample = found[condition][claim.measure]
    share = float(np.mean([_within(claim, value, value) for value in sample]))
    measured, finite = _measured(claim, found, sample), float(np.isfinite(sample).mean())
    return ClaimResult(claim, condition, measured, share, finite, _holds(claim, measured, share))


def _measured(claim: Claim, found: SeedResults, sample: Samples) -> Interval:
    """Return the mean with its interval, held against that of another condition where the claim says so."""
    if claim.relative_to:
        return bootstrap_interval(ratio, sample, found[claim.relative_to][claim.measure])
    if claim.more_than:
        return bootstrap_interval(difference, found[claim.more_than][claim.measure], sample)
    return bootstrap_interval(np.mean, sample)


def _holds(claim: Claim, measured: Interval, share: float) -> bool:
    if claim.share:
        return share >= claim.share
    low, high = (measured.low, measured.high) if claim.surely else (measured.value, measured.value)
    return _within(claim, low, high)


def _within(claim: Claim, low: float, high: float) -> bool:
    if claim.strictly:
        return bool(low > claim.at_least and high < claim.at_most)
    return bool(low >= claim.at_least and high <= claim.at_most)
