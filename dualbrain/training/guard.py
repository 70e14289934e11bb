"""Keep observers from ending training: one that fails is switched off, with one warning.

Pictures, evaluations, scalars and files are instruments. What learning needs, what steers, and callbacks of the user's
own are none: their errors are raised.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

import numpy as np
import torch
from stable_baselines3.common.callbacks import BaseCallback

from dualbrain.origin import in_a_line

P = ParamSpec("P")
T = TypeVar("T")
LOG = logging.getLogger("dualbrain.instruments")
"""Says which instruments are switched off; with level DEBUG, with their tracebacks."""


class Guard:
    """Runs one observer; its first exception switches it off.

    ``what`` names the instrument, and ``missing`` what there is no more without it.
    """

    working = True
    """Whether it has not failed."""

    def __init__(self, what: str, missing: str):
        self.what, self.missing = what, missing

    def run(self, look: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Return what ``look`` returns; None where it fails, or where the instrument is off."""
        if not self.working:
            return None
        try:
            return look(*args, **kwargs)
        except Exception as error:  # noqa: BLE001  no observer may end a training run
            self.switch_off(error)
            return None

    def around(self, look: Callable[P, T]) -> Callable[P, T | None]:
        """Return ``look`` under this guard."""

        def guarded(*args: P.args, **kwargs: P.kwargs) -> T | None:
            return self.run(look, *args, **kwargs)

        return guarded

    def switch_off(self, error: Exception) -> None:
        """Switch the observer off, and say so once."""
        if self.working:
            self.working = False
            traceback = error if LOG.isEnabledFor(logging.DEBUG) else None
            facts = (self.what, self.missing, in_a_line(error))
            LOG.warning("%s switched off, so that there is no %s from now on: %s", *facts, exc_info=traceback)


class GuardedCallback(BaseCallback):
    """Runs a callback under a guard: if it fails, training continues without it."""

    def __init__(self, callback: BaseCallback, guard: Guard):
        super().__init__()
        self.callback, self.guard = callback, guard

    def _init_callback(self) -> None:
        self.guard.run(self.callback.init_callback, self.model)

    def update_child_locals(self, locals_: dict[str, Any]) -> None:
        """Pass the algorithm's local variables on."""
        self.callback.update_locals(locals_)

    def _on_training_start(self) -> None:
        self.guard.run(self.callback.on_training_start, self.locals, self.globals)

    def _on_rollout_start(self) -> None:
        self.guard.run(self.callback.on_rollout_start)

    def _on_step(self) -> bool:
        return self.guard.run(self.callback.on_step) is not False

    def _on_rollout_end(self) -> None:
        self.guard.run(self.callback.on_rollout_end)

    def _on_training_end(self) -> None:
        self.guard.run(self.callback.on_training_end)


@contextmanager
def random_streams_kept() -> Iterator[None]:
    """Leave the random streams of Python, NumPy and torch as they were, whatever is done within, and however it ends.

    Worlds of others may draw from any of them, and making some draws from NumPy's, which shuffles minibatches.
    """
    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002  the stream that SB3 draws from
    try:
        with torch.random.fork_rng():
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)  # noqa: NPY002
