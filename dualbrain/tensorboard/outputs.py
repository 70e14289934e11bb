"""Keep a logger's outputs from ending training: one that cannot be written, as on a full disk, is switched off."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile

from stable_baselines3.common.logger import KVWriter, Logger, TensorBoardOutputFormat, configure

from dualbrain.tensorboard.scalar_batching import batch_scalars
from dualbrain.training.guard import Guard


def event_logger(folder: Path) -> Logger:
    """Return a logger that writes for TensorBoard into ``folder``; one that writes nothing where that cannot be."""
    try:
        logger = configure(str(folder), ["tensorboard"])
    except OSError as error:
        Guard("TensorBoard", f"event file in {folder}").switch_off(error)
        logger = Logger(None, [])
    keep_writing(logger)
    return logger


def writable(folder: str | None) -> str | None:
    """Return a folder for event files, made if it is not there; None, with a warning, where nothing can be written."""
    if folder is None:
        return None
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()
    except OSError as error:
        Guard("TensorBoard", f"event file in {folder}").switch_off(error)
        return None
    return folder


def keep_writing(logger: Logger) -> None:
    """Switch off, with one warning, what of a logger's outputs fails from now on; write TensorBoard's together."""
    batch_scalars(logger)
    for output in logger.output_formats:
        if "write" not in vars(output):
            _guard(output)


def _guard(output: KVWriter) -> None:
    kind = "TensorBoard" if isinstance(output, TensorBoardOutputFormat) else type(output).__name__
    guard = Guard(f"the log for {kind}", f"scalar in {kind}")
    vars(output).update(write=guard.around(output.write), close=partial(_close, guard, output.close))


def _close(guard: Guard, close: Callable[[], None]) -> None:
    """Close an output, also one that has failed."""
    try:
        close()
    except Exception as error:  # noqa: BLE001  it is over anyway
        guard.switch_off(error)
