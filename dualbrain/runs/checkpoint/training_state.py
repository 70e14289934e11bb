"""The state of training that a checkpoint holds beside the brain, so that training can resume."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from stable_baselines3.common.callbacks import BaseCallback, CallbackList
from stable_baselines3.common.logger import Logger

from dualbrain.errors import UserError
from dualbrain.runs.checkpoint.growing_files import lengths
from dualbrain.runs.run_folder import RunFolder
from dualbrain.tensorboard.layout import writers
from dualbrain.training.guard import GuardedCallback
from dualbrain.training.random_streams import random_streams, set_random_streams
from dualbrain.worlds.vec_env.stateful import Stateful, is_stateful

COMPLETE = "complete"
"""In the model that a run ends with: whether all of its steps were done, and learned from."""
UNUSABLE = "is no checkpoint from which training can resume"
UNFIT = (AttributeError, IndexError, KeyError, OverflowError, RuntimeError, TypeError, ValueError)
"""What is raised where a state is put back that is none."""


def training_state(agent: Any, callbacks: BaseCallback, folder: RunFolder) -> dict[str, Any]:
    """Return where training is between two rollouts, as plain values and arrays; the brain itself is not in it."""
    for writer in writers(agent.logger):
        writer.flush()
    return {
        "random": random_streams(),
        "env": agent.env.state_dict() if is_stateful(agent.env) else None,
        "log": _pending(agent.logger),
        "callbacks": {name: callback.state_dict() for name, callback in _stateful(callbacks)},
        "files": lengths(folder),
    }


def has_worlds(state: Mapping[str, Any]) -> bool:
    """Return whether the states of the worlds are in it, so that their episodes continue."""
    env = state.get("env")
    return isinstance(env, Mapping) and env.get("worlds") is not None


@contextmanager
def blaming_checkpoint(where: str) -> Iterator[None]:
    """Raise `UserError`, naming the file, for a state that does not fit."""
    try:
        yield
    except UserError as error:
        raise UserError(f"{where} {UNUSABLE}: {error}") from error
    except UNFIT as error:
        said = " ".join(str(error).split())[:200]
        raise UserError(f"{where} {UNUSABLE} ({type(error).__name__}: {said})") from error


class Continuation(BaseCallback):
    """Restore the state of a checkpoint once training has started; it must be the last of all callbacks.

    Raises `UserError`, naming the file, for a state that does not fit.
    """

    def __init__(self, state: Mapping[str, Any], where: str):
        super().__init__()
        self._state, self._where = state, where

    def _on_training_start(self) -> None:
        with blaming_checkpoint(self._where):
            self._put_back()

    def _put_back(self) -> None:
        kept = dict(self._state["callbacks"])  # raises for what is no table
        for name, callback in _stateful(self.locals["callback"]):
            if name in kept:
                callback.load_state_dict(kept[name])
        _set_pending(self.logger, self._state["log"])
        set_random_streams(self._state["random"])

    def _on_step(self) -> bool:
        return True


def _stateful(callback: BaseCallback) -> Iterator[tuple[str, Stateful]]:
    """Give every callback that keeps a state, by the name of its class."""
    if isinstance(callback, CallbackList):
        for each in callback.callbacks:
            yield from _stateful(each)
    elif isinstance(callback, GuardedCallback):
        yield from _stateful(callback.callback)
    elif is_stateful(callback):
        yield type(callback).__name__, callback


def _pending(logger: Logger) -> dict[str, Any]:
    """Return the scalars that wait for the next time that the log is written."""
    values = {name: value for name, value in logger.name_to_value.items() if _is_number(value)}
    return {name: [value, logger.name_to_count[name], logger.name_to_excluded[name]] for name, value in values.items()}


def _set_pending(logger: Logger, pending: Mapping[str, Any]) -> None:
    for name, (value, count, excluded) in pending.items():
        if not _is_number(value):
            raise TypeError(f"the scalar {name} is none")
        logger.name_to_value[name], logger.name_to_count[name] = value, int(count)
        logger.name_to_excluded[name] = excluded


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number)
