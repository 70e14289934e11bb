"""Save the model of a run atomically into its folder, or elsewhere where that fails."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

from stable_baselines3.common.callbacks import BaseCallback

from dualbrain.errors import SaveError
from dualbrain.files.interrupts import interrupts_waiting
from dualbrain.files.text import read_text
from dualbrain.model_file.algorithm import PlainFiles
from dualbrain.runs.checkpoint.training_state import COMPLETE, training_state
from dualbrain.runs.run_folder import CHECKPOINT, CONFIG, MODEL, RunFolder

ELSEWHERE = "dualbrain-"
"""Beginning of the names of folders that hold what could not be written where it belongs."""


def has_learned(agent: Any) -> bool:
    """Return whether an agent was trained at all."""
    return bool(agent._n_updates)


def save(agent: Any, folder: RunFolder, name: str = MODEL, **kept: Any) -> None:
    """Write a model, whole: the one before it stays until then, and signals wait. ``kept`` goes with it.

    Raises `OSError` where it cannot be written, and whatever the agent raises that cannot be saved.
    """
    data = io.BytesIO()
    with interrupts_waiting():
        agent.save(data, **kept)
        with folder.writing(name) as path:
            path.write_bytes(data.getbuffer())


def save_checkpoint(agent: Any, callbacks: BaseCallback, folder: RunFolder) -> None:
    """Write the model with the state of training under two names: the checkpoint and the model.

    An algorithm that writes no plain files writes its model alone. Raises as `save` does.
    """
    if not isinstance(agent, PlainFiles):
        save(agent, folder)
        return
    save(agent, folder, CHECKPOINT, training=training_state(agent, callbacks, folder))
    folder.double(CHECKPOINT, MODEL)


def save_somewhere(agent: Any, folder: RunFolder, places: Iterable[Path] = (), complete: bool = False) -> None:
    """Write the model, saying whether the run is ``complete``.

    Where it cannot be written, write it elsewhere and raise `SaveError`, which says where it is. It goes below the
    folder for temporary files, the current one or the user's own, else below one of ``places``, which are looked at one
    by one. Raises whatever the agent raises that cannot be saved.
    """
    said: dict[str, Any] = {"training": {COMPLETE: complete}} if isinstance(agent, PlainFiles) else {}
    try:
        save(agent, folder, **said)
    except OSError as error:
        unsaved = f"the model of step {agent.num_timesteps:,} cannot be written in {folder.path} ({error.strerror})"
        raise SaveError(unsaved + _saved_elsewhere(agent, folder, places)) from error


def _saved_elsewhere(agent: Any, folder: RunFolder, places: Iterable[Path]) -> str:
    """Write the model where there is a place for it; return what is to be said of it."""
    for place in chain(_places(), places):
        with suppress(OSError):
            return f": it is saved in {_rescue(agent, folder, place)}"
    kept = f"{folder.model} is an earlier one" if folder.model.is_file() else "no earlier one was kept"
    return f", nor anywhere else; {kept}"


def _places() -> Iterator[Path]:
    with suppress(OSError):
        yield Path(tempfile.gettempdir())
    yield Path.cwd()
    yield Path.home()


def _rescue(agent: Any, folder: RunFolder, place: Path) -> Path:
    """Write the model into a new folder, with the configuration beside it where that can be read."""
    found = RunFolder(Path(tempfile.mkdtemp(prefix=ELSEWHERE, dir=place)))
    try:
        save(agent, found)
    except BaseException:
        found.path.rmdir()
        raise
    with suppress(OSError):
        found.write(CONFIG, read_text(folder.path / CONFIG))
    return found.model
