"""Processes that hear signals, however the tests were started."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from dualbrain.files.interrupts import SIGNALS


@contextmanager
def hearing() -> Iterator[None]:
    """Let processes that are started in a block hear what the tests ignore, as they do under ``nohup``."""
    ignored = [number for number in SIGNALS if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    try:
        yield
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)
