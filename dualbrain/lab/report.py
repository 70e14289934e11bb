"""Write reports: one for each experiment, and one page of all."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dualbrain.errors import UserError
from dualbrain.files.atomic_write import atomic_write
from dualbrain.lab import table
from dualbrain.lab.experiment import Experiment, SeedResults, numbers
from dualbrain.lab.figure_png import draw
from dualbrain.lab.seed_store import SeedStore
from dualbrain.lab.verdict import ExperimentResult, Verdict, judge

REPORT, CSV, FIGURE, EVENTS = "report.md", "seeds.csv", "figure.png", "tb"
NOTE = (
    "Numbers are means over seeds with 95 % percentile bootstrap intervals. An experiment passes if all its claims "
    "hold and, under each of its controls, at least one of them does not."
)


@dataclass(frozen=True)
class Result:
    """One experiment, judged on some seeds."""

    experiment: Experiment
    steps: int
    """Of training per brain; 0 in the chamber."""
    seeds: tuple[int, ...]
    found: SeedResults
    judgement: ExperimentResult

    @classmethod
    def of(cls, store: SeedStore, seeds: Sequence[int], judged: bool = True) -> Result:
        """Judge the stored seeds of an experiment; ``judged`` is False where its budget was too small for a verdict.

        Raises `UserError` where what is kept is not of this experiment as it is now.
        """
        if not seeds:
            verdict = Verdict.PENDING if store.experiment.waits_for else Verdict.NOT_RUN
            return cls(store.experiment, store.steps, (), {}, ExperimentResult(verdict))
        try:
            found = store.found(seeds)
            return cls(store.experiment, store.steps, tuple(seeds), found, judge(store.experiment, found, judged))
        except UserError:
            raise
        except Exception as error:
            misfit = f"what is kept in {store.place} does not fit '{store.experiment.name}'"
            raise UserError(f"{misfit} ({type(error).__name__}: {error}): --fresh runs it again") from error

    @property
    def verdict(self) -> str:
        """The verdict, with what a pending experiment waits for."""
        return table.verdict(self.experiment, self.judgement)


def write_result(result: Result, folder: Path) -> None:
    """Write report, seeds, figure and summaries for TensorBoard."""
    png = draw(result.experiment, result.found)
    folder.mkdir(parents=True, exist_ok=True)
    if png:
        _write(folder / FIGURE, png)
    _write(folder / CSV, as_csv(result).encode())
    page = "\n".join([f"# {result.experiment.name}", "", *section(result, FIGURE if png else ""), ""])
    _write(folder / REPORT, page.encode())
    from dualbrain.lab.event_file import write_events  # loads tensorboard, which listing does without

    write_events(folder / EVENTS, result.judgement, result.found, result.seeds, page, png)


def _write(path: Path, content: bytes) -> None:
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)


def as_csv(result: Result) -> str:
    """Write one row per seed with every measure that is a number, in full."""
    columns = {
        f"{where}.{name}": each for where, measures in numbers(result.found).items() for name, each in measures.items()
    }
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["seed", *columns])
    for i, seed in enumerate(result.seeds):
        rows.writerow([seed, *(repr(float(sample[i])) for sample in columns.values())])
    return text.getvalue()


def section(result: Result, picture: str) -> list[str]:
    """Return all there is to say of an experiment, in lines of Markdown; ``picture`` is the path of its figure."""
    experiment = result.experiment
    lines = [
        experiment.about,
        "",
        *(f"* Published: {table.format_published(each)}" for each in experiment.published),
        "",
    ]
    lines += [f"**{result.verdict}**{_over(result)}", ""]
    if result.seeds:
        lines += [table.markdown(*table.claims(result.judgement)), ""]
        lines += [*(f"* Control {line}" for line in table.controls(result.judgement)), ""]
    if picture:
        lines += [f"![{experiment.name}: {experiment.about}]({picture})", ""]
    if experiment.notes:
        lines += [experiment.notes, ""]
    if result.seeds:
        lines += _all_measures(result.found)
    return lines


def _over(result: Result) -> str:
    if not result.seeds:
        return ""
    steps = f", {result.steps:,} steps of training per brain" if result.steps else ""
    return f", seed{'s' * (len(result.seeds) > 1)} {_span(result.seeds)}{steps}"


def _span(seeds: Sequence[int]) -> str:
    """Name seeds, in short where none is left out between them.

    >>> _span([0, 1, 2]), _span([0, 2]), _span([3])
    ('0 to 2', '0, 2', '3')
    """
    whole = len(seeds) > 1 and list(seeds) == list(range(seeds[0], seeds[-1] + 1))
    return f"{seeds[0]} to {seeds[-1]}" if whole else ", ".join(map(str, seeds))


def _all_measures(found: SeedResults) -> list[str]:
    return [
        "<details><summary>All measures</summary>",
        "",
        table.markdown(*table.measures(found)),
        "",
        "</details>",
        "",
    ]


def summary(results: Sequence[Result]) -> table.Rows:
    """Lay out all experiments, a row each, with what was published."""
    rows = [
        [
            f"[{each.experiment.name}](#{each.experiment.name})",
            "; ".join(one.finding for one in each.experiment.published),
            each.verdict,
            str(len(each.seeds) or ""),
            ", ".join(table.controls(each.judgement)) if each.seeds else "",
        ]
        for each in results
    ]
    return ["experiment", "published", "verdict", "seeds", "controls"], rows


def write_page(page: Path, results: Sequence[Result], command: str) -> None:
    """Write one page of all experiments, with their figures beside it."""
    folder = page.parent / "pictures" / "lab"
    folder.mkdir(parents=True, exist_ok=True)
    opening = "This page reports how published experiments turn out here. It is generated by"
    lines = ["# The lab", "", opening, "", f"    {command}", ""]
    lines += [NOTE, "", table.markdown(*summary(results)), ""]
    for result in results:
        name = result.experiment.name
        png = draw(result.experiment, result.found) if result.seeds else b""
        if png:
            _write(folder / f"{name}.png", png)
        lines += [f"## {name}", "", *section(result, f"pictures/lab/{name}.png" if png else "")]
    _write(page, ("\n".join(lines).rstrip() + "\n").encode())
