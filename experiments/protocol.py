"""A protocol: one experiment over seeds, each seed made once and kept; what came of them is told by condition.

``run(seed, steps)`` raises one seed and returns what was measured under every condition, the intact one first. A seed
that was made is kept in a file and not made again, so that an experiment goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dualbrain.comparing.table import write
from dualbrain.inspection.intervals import Samples, bootstrap_interval
from dualbrain.registry import register_worlds
from dualbrain.whole import writing

Outcome = Mapping[str, Mapping[str, float]]
"""What one seed came to: measures by condition."""
Found = Mapping[str, Mapping[str, Samples]]
"""What all seeds came to: by condition and measure, ``(S,)`` over seeds."""


@dataclass(frozen=True)
class Protocol:
    """An experiment that can be run and told."""

    name: str
    run: Callable[[int, int], Outcome]
    """From a seed and the steps of training to measures by condition; a function of a module, to be pickled."""
    steps: int
    """Steps of training per brain."""
    report: Callable[[Found], str]
    """Lay out what was found, in Markdown, verdict included."""

    def outcome(self, seed: int, steps: int, folder: Path) -> Outcome:
        """Return what one seed came to; it is made unless it is kept."""
        file = folder / f"{steps}_steps" / f"seed_{seed}.json"
        if not file.is_file():
            file.parent.mkdir(parents=True, exist_ok=True)
            with writing(file) as temporary:
                temporary.write_text(json.dumps(_alone(self.run, seed, steps), indent=1))
        found: Outcome = json.loads(file.read_text())
        return found

    def outcomes(self, seeds: Sequence[int], steps: int, folder: Path, jobs: int = 1) -> Found:
        """Return what several seeds came to, those that are missing made in ``jobs`` processes."""
        with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
            return together([*pool.map(self.outcome, seeds, [steps] * len(seeds), [folder] * len(seeds))])


def together(made: Sequence[Outcome]) -> Found:
    """Line up what single seeds came to."""
    return {
        condition: {name: np.array([one[condition][name] for one in made]) for name in measures}
        for condition, measures in made[0].items()
    }


def _alone(run: Callable[[int, int], Outcome], seed: int, steps: int) -> Outcome:
    """Run one seed as a process of its own would: one torch thread, all worlds known."""
    torch.set_num_threads(1)
    register_worlds()
    return run(seed, steps)


def conduct(protocol: Protocol, description: str, arguments: list[str] | None = None) -> int:
    """Make the seeds that are missing and print the report: the command line of every experiment."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seeds", type=int, default=10, metavar="N", help="brains raised from 0 on (default: 10)")
    parser.add_argument("--steps", type=int, default=protocol.steps, help="training per brain (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes (default: 1)")
    parser.add_argument("-f", "--log-folder", type=Path, default=Path("runs") / protocol.name, metavar="DIR")
    chosen = parser.parse_args(arguments)
    found = protocol.outcomes(range(max(chosen.seeds, 1)), chosen.steps, chosen.log_folder, chosen.jobs)
    print(protocol.report(found))
    return 0


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay out cells in Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def judged(claims: Mapping[str, bool]) -> str:
    """Lay out claims, whether each is borne out, and the verdict on all of them."""
    told = [f"* {claim}: {'yes' if borne_out else 'NO'}" for claim, borne_out in claims.items()]
    return "\n".join([*told, "", f"Verdict: {'PASS' if all(claims.values()) else 'FAIL'}"])


def over_seeds(values: Samples, statistic: Callable[..., Any] = np.mean) -> str:
    """Write a statistic over seeds ``(S,)`` with its 95 % bootstrap interval."""
    return write(bootstrap_interval(statistic, values))
