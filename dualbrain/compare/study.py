"""The parts of a comparison: runs by condition and seed, each in a folder of its own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from dualbrain.compare.outcome import OUTCOME, read_outcome
from dualbrain.errors import UserError
from dualbrain.files.atomic_write import PARTIAL
from dualbrain.runs.config import RunConfig, to_toml
from dualbrain.runs.found import read_found
from dualbrain.runs.run_folder import CHECKPOINT, CONFIG, MODEL
from dualbrain.structured.equality import equal
from dualbrain.structured.tables import parse_toml

WITHOUT_EFFECT = dict.fromkeys(("save_every",))
"""Settings that change nothing about what is learned."""
FAILED = ".failed-"
"""Beginning of the names of folders of runs that failed, with what ended them."""
LOCK = ".lock"
SHARED = ("env", "env_kwargs", "total_timesteps")
"""Settings in which conditions must agree."""


class State(Enum):
    """The state of a run."""

    MISSING = "not made yet"
    UNMEASURED = "trained, but not yet measured over these episodes"
    FINISHED = "finished"


@dataclass(frozen=True)
class Condition:
    """A steering subsystem by name, as the arguments that ``dualbrain train`` takes for it."""

    name: str
    arguments: tuple[str, ...]

    @property
    def summary(self) -> str:
        """Describe the condition in a line: drives or a steering file, and other flags."""
        return " ".join(self.arguments[1:] if self.arguments[0] in ("--modules", "--steering") else self.arguments)


@dataclass(frozen=True)
class EvaluationSpec:
    """The fresh episodes in which every brain is evaluated."""

    episodes: int
    seed: int
    trusted: bool = False
    """Whether the user vouches for brains that are there already: see `dualbrain.files.trust`."""


@dataclass(frozen=True)
class Run:
    """One condition with one seed."""

    condition: Condition
    config: RunConfig
    """Complete: with every default written out."""
    command: str
    """The ``dualbrain train`` that makes the same run."""
    root: Path
    """Folder of the comparison."""

    @property
    def name(self) -> str:
        """Condition and seed, for people."""
        return f"{self.condition.name}, seed {self.config.seed}"

    @property
    def place(self) -> Path:
        """Its run folder."""
        return self.root / self.condition.name / f"seed_{self.config.seed}"

    @property
    def partial(self) -> Path:
        """Its folder while it is trained."""
        return self.root / f"{PARTIAL}{self.condition.name}-seed_{self.config.seed}"

    @property
    def failed(self) -> Path:
        """Its run folder if it failed, until a later attempt succeeds."""
        return self.root / f"{FAILED}{self.condition.name}-seed_{self.config.seed}"

    def state(self, measuring: EvaluationSpec) -> State:
        """Return how far it is; raises `UserError` where its place holds a run of another configuration."""
        if not (self.place / MODEL).is_file():
            return State.MISSING
        self._check()
        outcome = read_outcome(self.place / OUTCOME)
        if outcome is None or (outcome.episodes, outcome.seed) != (measuring.episodes, measuring.seed):
            return State.UNMEASURED
        return State.FINISHED

    @property
    def begun(self) -> Path | None:
        """The run folder from which it resumes: interrupted, of the same configuration, with a checkpoint."""
        folders = [checkpoint.parent for checkpoint in self.partial.glob(f"*/*/{CHECKPOINT}")]
        return next((folder for folder in folders if not self._changed(folder)), None)

    def _changed(self, folder: Path) -> list[str]:
        """Return in words where the configuration of a run folder differs from its own."""
        kept, wanted = read_found(folder / CONFIG), parse_toml(to_toml(self.config), "")
        return list(differences(kept | WITHOUT_EFFECT, wanted | WITHOUT_EFFECT))

    def _check(self) -> None:
        changed = self._changed(self.place)
        if changed:
            known = f"{self.place} was made with another configuration: {'; '.join(changed[:3])}"
            raise UserError(f"{known}. Choose another folder with -f, or remove {self.place.parent}")


def differences(kept: Mapping[str, Any], wanted: Mapping[str, Any], where: str = "") -> Iterator[str]:
    """Yield in words where two configurations differ.

    >>> list(differences({"seed": 0, "hyperparams": {"gamma": 0.9}}, {"seed": 0, "hyperparams": {"gamma": 0.99}}))
    ['hyperparams.gamma was 0.9, now 0.99']
    """
    for key in sorted({*kept, *wanted}):
        was, now = kept.get(key, "unset"), wanted.get(key, "unset")
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from differences(was, now, f"{where}{key}.")
        elif not equal(was, now):
            yield f"{where}{key} was {was}, now {now}"


def check_name(name: str) -> None:
    """Raise `UserError` for a condition's name that cannot name a folder."""
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
        raise UserError(f"'{name}' cannot name a condition: it names a folder, so letters, digits, _, - and .")


def check_comparable(configs: Mapping[str, RunConfig]) -> None:
    """Raise `UserError` unless all conditions train for as many steps in the same world."""
    (first, reference), *others = configs.items()
    for name, config in others:
        for setting in SHARED:
            here, there = getattr(config, setting), getattr(reference, setting)
            if not equal(here, there):
                raise UserError(f"conditions must share {setting}: '{first}' has {there}, '{name}' has {here}")


def clear(root: Path, runs: Sequence[Run] | None = None) -> None:
    """Remove what was left half-made in a comparison's folder, or of some of its runs, and cannot be gone on with."""
    for path in root.glob(f"{PARTIAL}*") if runs is None else [run.partial for run in runs]:
        if any(path.glob(f"*/*/{CHECKPOINT}")):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
