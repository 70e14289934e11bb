"""Find models by file or run folder, and load them with clear errors."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from dualbrain.errors import UserError
from dualbrain.files.trust import is_vouched
from dualbrain.model_file.algorithm import PICKLED, VOUCH, PlainFiles
from dualbrain.origin import reason
from dualbrain.registry import load_agent
from dualbrain.runs.run_folder import CONFIG, MODEL, brain_of, newest, runs_below


def find_model(target: str | Path) -> Path:
    """Return the model file that ``target`` means: itself, or that of a run folder or of the newest run below a folder.

    The newest run is the newest that has a model, be it the best one only. A warning names newer ones that have none.

    Raises `UserError` where there is none.
    """
    path = Path(target)
    if not path.is_dir():
        if not path.is_file():
            raise UserError(f"there is no model file {path}")
        return path
    run = newest(path)
    model = brain_of(run) if run else None
    if model is None:
        raise _no_model(path)
    return model


def _no_model(folder: Path) -> UserError:
    runs = runs_below(folder)
    if not runs:
        return UserError(f"{folder} holds no run: there is no {CONFIG} in it or below it")
    return UserError(f"there is no model file {runs[0] / MODEL}, nor has any other run in {folder} one")


def config_beside(model: Path) -> Path | None:
    """Return the configuration of the run that a model file belongs to, or None."""
    path = model.parent / CONFIG
    return path if path.is_file() else None


def load_model(path: Path, algo: str, **kwargs: Any) -> Any:
    """Load an agent of the algorithm ``algo``; raises `UserError` for a file that is none.

    One of an algorithm that writes no plain files holds pickles: it is loaded where the user vouches for it.
    """
    cls = load_agent(algo)
    if not zipfile.is_zipfile(path):
        raise UserError(f"{path} is not a saved model")
    if not (issubclass(cls, PlainFiles) or is_vouched()):
        raise UserError(f"{path} {PICKLED}; {VOUCH}")
    try:
        return cls.load(path, **kwargs)
    except UserError:
        raise
    except ModuleNotFoundError as error:
        where = "go to the folder where it is, or put that on PYTHONPATH"
        raise UserError(f"{path} was trained with the module '{error.name}', which is not found: {where}") from error
    except Exception as error:
        raise UserError(f"{path} is not a saved model of '{algo}': {reason(error)}") from error
