"""Judging made-up outcomes."""

from __future__ import annotations

from dualbrain.lab.experiment import Experiment, Found
from dualbrain.lab.verdict import Judgement, judge


def judged(experiment: Experiment, raw: Found) -> Judgement:
    """Judge what seeds came to, as it is kept."""
    return judge(experiment, experiment.derive(raw) if experiment.derive else raw)


def says_no(judgement: Judgement) -> list[str]:
    """Return the claims that do not hold."""
    return [finding.claim.says for finding in judgement.claims if not finding.holds]
