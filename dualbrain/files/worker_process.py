"""Start worker processes: forked from one that has imported torch, where the system can do that."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from dualbrain.files.interrupts import ignoring_interrupts

PRELOADED = ("stable_baselines3", "torch._dynamo", "numba")
"""What training imports of others, and takes seconds; every optimizer of torch imports ``torch._dynamo``."""


def start_worker(target: Callable[..., None], *arguments: Any) -> tuple[BaseProcess, Connection]:
    """Start a process that calls ``target(*arguments, connection)``; return it, and where its answers are read.

    It ends with this process, and ignores Ctrl-C. On Linux workers are forked from one process that imports torch once
    for all of them; it has the environment variables of the first call.
    """
    context: Any = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
    context.set_forkserver_preload([*PRELOADED])
    ours, theirs = context.Pipe(duplex=False)
    process: BaseProcess = context.Process(target=target, args=(*arguments, theirs), daemon=True)
    with ignoring_interrupts():
        process.start()
    theirs.close()
    return process, ours
