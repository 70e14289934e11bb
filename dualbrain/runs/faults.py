"""Save the traceback of an exception that ends a run, beside the last complete model."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dualbrain.errors import SaveError
from dualbrain.files.interrupts import interrupts_waiting
from dualbrain.origin import in_a_line
from dualbrain.runs.keeping import has_learned, save_somewhere
from dualbrain.runs.run_folder import ERROR, RunFolder


@contextmanager
def faults_kept(agent: Any, folder: RunFolder, places: Iterable[Path] = (), new: bool = True) -> Iterator[None]:
    """If a block raises, save the agent and the traceback, unless no step was taken.

    A folder that is not ``new`` stays as it is then. What is kept is noted in the exception, which is raised again. For
    ``places`` see `save_somewhere`.
    """
    before = agent.num_timesteps
    try:
        yield
    except BaseException as error:
        with interrupts_waiting():
            if agent.num_timesteps == before:
                if new:
                    folder.discard()
            elif not isinstance(error, KeyboardInterrupt | SaveError):
                _keep(agent, folder, places, error)
        raise


def _keep(agent: Any, folder: RunFolder, places: Iterable[Path], error: BaseException) -> None:
    about = f"step {agent.num_timesteps:,}: {in_a_line(error)}\n\n"
    text = about + "".join(traceback.format_exception(error))
    if has_learned(agent):
        error.add_note(_saved(agent, folder, places))
    try:
        folder.write(ERROR, text)
    except OSError as unwritten:
        error.add_note(f"{ERROR} cannot be written: {unwritten.strerror}")


def _saved(agent: Any, folder: RunFolder, places: Iterable[Path]) -> str:
    """Save the brain as the last complete training phase left it; return what is to be said of it."""
    try:
        save_somewhere(agent, folder, places)
    except Exception as unsaved:  # noqa: BLE001  the first exception is the one to be raised
        return in_a_line(unsaved)
    return f"the model of step {agent.num_timesteps:,} is saved in {folder.model}"
