"""Tabulate a judgement: a row per claim with published and measured values, and the same for each control."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from rich.markup import escape
from rich.table import Column, Table

from dualbrain.compare.intervals import bootstrap_interval
from dualbrain.compare.table import write
from dualbrain.lab.experiment import Claim, Experiment, Published, SeedResults, numbers
from dualbrain.lab.verdict import ClaimResult, ExperimentResult, Verdict

Rows = tuple[list[str], list[list[str]]]
"""Column headings, and rows."""
NOT_MEASURED = "not measured"


def claims(judgement: ExperimentResult) -> Rows:
    """Lay out all claims with their results under each control, and published values where there are some."""
    under = [f"under {name}" for name, _ in judgement.controls]
    rows = [
        [
            finding.claim.says,
            finding.claim.published,
            measured(finding),
            bounds(finding.claim),
            _said(judgement, finding),
            *(_under(judgement, finding, findings) for _, findings in judgement.controls),
        ]
        for finding in judgement.claims
    ]
    headings = ["claim", "published", "measured (95 %)", "bounds", "holds", *under]
    if any(row[1] for row in rows):
        return headings, rows
    return [headings[0], *headings[2:]], [[row[0], *row[2:]] for row in rows]


def _under(judgement: ExperimentResult, finding: ClaimResult, control: Sequence[ClaimResult]) -> str:
    """Describe the result of a claim under a control; "" where it does not apply."""
    same = [each for each in control if each.claim is finding.claim]
    return "".join(
        f"{measured(each)}: {_said(judgement, each, 'holds', 'fails')}" if each.is_measured else NOT_MEASURED
        for each in same
    )


def _said(judgement: ExperimentResult, finding: ClaimResult, yes: str = "yes", no: str = "NO") -> str:
    """Describe whether a claim holds, for a full budget."""
    if judgement.verdict is Verdict.NOT_JUDGED:
        return "-"
    return yes if finding.holds else no


def measured(finding: ClaimResult) -> str:
    """Write what was measured for a claim."""
    if not finding.is_measured:
        return NOT_MEASURED
    text = write(finding.measured)
    return f"{text}, in {finding.share:.0%} of seeds" if finding.claim.share else text


def bounds(claim: Claim) -> str:
    """Write between what a measure must lie.

    >>> bounds(Claim("", "kept", at_least=0.9)), bounds(Claim("", "kept", at_most=0.0, share=0.95, strictly=True))
    ('at least 0.9', 'below 0 in 95% of seeds')
    >>> bounds(Claim("", "presses", 2.0, 3.0, relative_to="thirsty", surely=True))
    'at least 2 and at most 3 times thirsty, with the whole interval'
    """
    least, most = ("above", "below") if claim.strictly else ("at least", "at most")
    ends = [f"{least} {claim.at_least:g}"] * math.isfinite(claim.at_least)
    ends += [f"{most} {claim.at_most:g}"] * math.isfinite(claim.at_most)
    text = " and ".join(ends)
    text += f" times {claim.relative_to}" if claim.relative_to else ""
    text += f", as the difference to {claim.more_than}" if claim.more_than else ""
    text += f" in {claim.share:.0%} of seeds" if claim.share else ""
    return text + (", with the whole interval" if claim.surely else "")


def measures(found: SeedResults) -> Rows:
    """Lay out all numbers that were measured, a row per measure and a column per condition."""
    found_numbers = numbers(found)
    names = [*dict.fromkeys(name for measures in found_numbers.values() for name in measures)]
    there = [condition for condition in found_numbers if found_numbers[condition]]
    rows = [
        [
            name,
            *(
                write(bootstrap_interval(np.mean, found_numbers[each][name])) if name in found_numbers[each] else ""
                for each in there
            ),
        ]
        for name in names
    ]
    return ["mean (95 %)", *there], rows


def format_claims(judgement: ExperimentResult) -> list[str]:
    """Return a line per claim: whether it holds, what was measured, what it says."""
    return [f"{_said(judgement, each)}: {each.claim.says}: {measured(each)}" for each in judgement.claims]


def controls(judgement: ExperimentResult) -> list[str]:
    """Return a line per control: whether it failed, as it must; none where nothing is judged."""
    if judgement.verdict is Verdict.NOT_JUDGED:
        return []
    failed = judgement.failed_controls
    return [f"{name}: {'failed' if name in failed else 'DID NOT FAIL'}" for name, _ in judgement.controls]


def format_published(published: Published) -> str:
    """Write a finding of others with its source.

    >>> format_published(Published("1.0 to 3.3", "Robinson and Berridge 2013", second_hand="Millidge 2024"))
    '1.0 to 3.3 (Robinson and Berridge 2013; as transcribed by Millidge 2024)'
    """
    second = f"; as transcribed by {published.second_hand}" if published.second_hand else ""
    return f"{published.finding} ({published.source}{second})"


def verdict(experiment: Experiment, judgement: ExperimentResult) -> str:
    """Write a verdict, with what a pending one waits for."""
    return str(judgement.verdict) + (f": waits for {experiment.waits_for}" if experiment.waits_for else "")


def markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out rows in Markdown."""
    return "\n".join(map(_line, [headings, ["---"] * len(headings), *rows]))


def _line(cells: Iterable[str]) -> str:
    escaped = (cell.replace("|", "\\|").replace("\n", "<br>") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def rich(headings: Sequence[str], rows: Iterable[Sequence[str]], title: str = "") -> Table:
    """Lay out rows for the terminal."""
    columns = (Column(escape(heading), overflow="fold") for heading in headings)
    table = Table(*columns, title=escape(title), title_justify="left", show_lines=True)
    for row in rows:
        table.add_row(*map(escape, row))
    return table
