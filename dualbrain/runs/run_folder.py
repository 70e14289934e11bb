"""The folder of one run, ``<root>/<algo>/<env>_<n>/``, with atomic writes."""

from __future__ import annotations

import logging
import os
import re
import shutil
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path

from dualbrain.errors import UserError
from dualbrain.files.atomic_write import atomic_write
from dualbrain.files.text import write_text

CONFIG = "config.toml"
COMMAND = "command.txt"
VERSIONS = "versions.txt"
MODEL = "model.zip"
CHECKPOINT = "checkpoint.zip"
BEST_MODEL = "best_model.zip"
EVALUATIONS = "evaluations.npz"
ERROR = "error.txt"
MONITOR = "monitor.csv"
TENSORBOARD = "tb"


@dataclass(frozen=True)
class RunFolder:
    """One run's folder; it writes files atomically."""

    path: Path

    @classmethod
    def create(cls, root: str | Path, algo: str, env: str) -> RunFolder:
        """Make the next free folder for ``algo`` in ``env``; raises `UserError` where that cannot be written."""
        parent = Path(root) / _plain(algo)
        try:
            parent.mkdir(parents=True, exist_ok=True)
            return cls(_claim(parent, _plain(env)))
        except OSError as error:
            raise UserError(f"cannot write a run folder in {parent}: {error.strerror}") from error

    @property
    def model(self) -> Path:
        """The model as training left it."""
        return self.path / MODEL

    @property
    def checkpoint(self) -> Path:
        """The model with the state of training, from which an unfinished run resumes."""
        return self.path / CHECKPOINT

    def writing(self, name: str) -> AbstractContextManager[Path]:
        """Give a temporary path, which becomes ``name`` when the block ends well and vanishes when it does not."""
        return atomic_write(self.path / name, through_links=False)

    def write(self, name: str, text: str) -> None:
        """Write a text file."""
        with self.writing(name) as temporary:
            write_text(temporary, text)

    def double(self, name: str, other: str) -> None:
        """Give a file a second name, replacing an existing file; copy it where links are not supported."""
        with self.writing(other) as temporary:
            try:
                os.link(self.path / name, temporary)
            except OSError:
                shutil.copyfile(self.path / name, temporary)

    def finish(self) -> None:
        """Remove the files that only an unfinished run needs."""
        for name in (CHECKPOINT, ERROR):
            with suppress(OSError):
                (self.path / name).unlink(missing_ok=True)

    def discard(self) -> None:
        """Remove the folder, and those above it that only it kept."""
        shutil.rmtree(self.path, ignore_errors=True)
        with suppress(OSError):
            os.removedirs(self.path.parent)


def brain_of(run: Path) -> Path | None:
    """Return the model of a run folder: as training left it, else the one that scored best; None where it has none."""
    models = (run / MODEL, run / BEST_MODEL)
    return next((model for model in models if model.is_file()), None)


def newest(folder: Path) -> Path | None:
    """Return the run folder below ``folder`` (itself included) that was configured last of those with a brain, or None.

    Newer ones without a brain are passed over, with a warning in the log.
    """
    runs = runs_below(folder)
    found = next((run for run in runs if brain_of(run)), None)
    if found and found is not runs[0]:
        passed = ", ".join(map(str, runs[: runs.index(found)]))
        logging.getLogger("dualbrain").warning("passed over %s: newer than %s, but without a model", passed, found)
    return found


def runs_below(folder: Path) -> list[Path]:
    """Return the run folders below ``folder``, itself included, the one configured last first.

    Folders whose names begin with a dot are left out: those of runs that a comparison is making, or that failed in it.
    """
    ages: dict[Path, int] = {}
    for config in folder.rglob(CONFIG):
        with suppress(OSError):  # removed just now
            ages[config.parent] = config.stat().st_mtime_ns
    return sorted((run for run in ages if not _hidden(run.relative_to(folder))), key=ages.__getitem__, reverse=True)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _plain(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name)


def _claim(parent: Path, env: str) -> Path:
    endings = [path.name.rpartition("_")[2] for path in parent.glob(f"{env}_*")]
    n = max((int(ending) for ending in endings if ending.isdigit()), default=0) + 1
    while True:
        with suppress(FileExistsError):
            path = parent / f"{env}_{n}"
            path.mkdir()
            return path
        n += 1
