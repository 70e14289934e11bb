"""Store the seeds of an experiment: a file each, written atomically."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dualbrain.errors import UserError
from dualbrain.files.atomic_write import atomic_write
from dualbrain.files.text import read_text, write_text
from dualbrain.lab.experiment import Experiment, Outcome, SeedResults

CHAMBER, QUICK = "chamber", "quick"


@dataclass(frozen=True)
class SeedStore:
    """The seeds of one experiment that were made with one budget."""

    experiment: Experiment
    folder: Path
    """Of the experiment: reports are written here too."""
    steps: int
    """Steps per brain; 0 in the chamber."""

    @classmethod
    def of(cls, experiment: Experiment, root: Path, quick: bool = False) -> SeedStore:
        """Return the seeds of an experiment below ``root``; quick seeds have one of their own."""
        folder = root / experiment.name
        if quick:
            return cls(experiment, folder / QUICK, experiment.quick_steps)
        return cls(experiment, folder, experiment.steps)

    @property
    def place(self) -> Path:
        """Folder of the seeds."""
        return self.folder / (CHAMBER if self.experiment.in_chamber else f"{self.steps}_steps")

    def file(self, seed: int) -> Path:
        """Where one seed is kept."""
        return self.place / f"seed_{seed}.json"

    @property
    def seeds(self) -> list[int]:
        """Seeds that are kept, in order."""
        names = [re.fullmatch(r"seed_(\d+)\.json", path.name) for path in self.place.glob("seed_*.json")]
        return sorted(int(name[1]) for name in names if name)

    def save(self, seed: int, outcome: Outcome) -> None:
        """Write the outcome of one seed."""
        file = self.file(seed)
        file.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(file) as temporary:
            write_text(temporary, json.dumps(outcome, indent=1, default=_plain))

    def read(self, seed: int) -> Outcome:
        """Return the outcome of one seed."""
        try:
            outcome: Outcome = json.loads(read_text(self.file(seed)))
        except (OSError, ValueError) as error:
            raise UserError(f"{self.file(seed)} cannot be read ({error}): --fresh runs it again") from error
        return outcome

    def found(self, seeds: Sequence[int]) -> SeedResults:
        """Return the outcomes of seeds, with all derived measures."""
        return self.experiment.found([self.read(seed) for seed in seeds])


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else dict(value)
