"""Judging made-up outcomes."""

from __future__ import annotations

from dualbrain.lab.experiment import Experiment, SeedResults
from dualbrain.lab.verdict import ExperimentResult, judge


def judged(experiment: Experiment, raw: SeedResults) -> ExperimentResult:
    """Judge what seeds came to, as it is kept."""
    return judge(experiment, experiment.derive(raw) if experiment.derive else raw)


def says_no(judgement: ExperimentResult) -> list[str]:
    """Return the claims that do not hold."""
    return [finding.claim.says for finding in judgement.claims if not finding.holds]
