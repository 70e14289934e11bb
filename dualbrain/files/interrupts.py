"""Ctrl-C, SIGTERM and SIGHUP: they end a process in one way, and wait while a file is being written.

The command line installs the handlers; as a library, dualbrain leaves those of the program.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import FrameType
from typing import Any

SIGNALS = [each for each in signal.Signals if each.name in ("SIGINT", "SIGTERM", "SIGHUP")]
"""What people, schedulers and closed terminals send to end a process; Windows has no SIGHUP."""
ONCE = 5.0
"""Seconds after a signal within which further ones mean the same."""


class Interrupted(KeyboardInterrupt):
    """A signal asked this process to end."""

    def __init__(self, number: int):
        super().__init__(f"signal {number}")
        self.number = number
        """The signal's."""


def number_of(interrupt: KeyboardInterrupt) -> int:
    """Return the number of the signal behind an interrupt: that of Ctrl-C where it does not say."""
    return int(interrupt.number if isinstance(interrupt, Interrupted) else signal.SIGINT)


def exit_code(number: int) -> int:
    """Return the exit code of a process that a signal ended, as shells give it: 130 after Ctrl-C."""
    return 128 + number


class _Interrupts:
    """The signals of one process: which was raised, and which waits."""

    def __init__(self) -> None:
        self._raised: int | None = None
        self._waiting: int | None = None
        self._at = -ONCE
        self._shields = 0

    def hear(self, number: int, _: FrameType | None) -> None:
        """Handle a signal: raise `Interrupted`, once for repeated signals, and deferred within `shield`."""
        if self._shields:
            self._waiting = self._waiting or number
        elif time.monotonic() - self._at >= ONCE:
            self._raise(number)

    def _raise(self, number: int) -> None:
        self._raised, self._at = number, time.monotonic()
        raise Interrupted(number)

    @property
    def raised(self) -> bool:
        """Whether a signal was raised as an exception."""
        return self._raised is not None

    @contextmanager
    def shield(self) -> Iterator[None]:
        """Defer signals until a block has ended; then raise the first, unless the process is ending anyway."""
        self._shields += 1
        try:
            yield
        finally:
            self._shields -= 1
        if self._waiting and not self._raised:
            self._raise(self._waiting)

    def insist(self) -> None:
        """Raise again what was raised and swallowed on its way, as by a bare ``except`` in a world."""
        number = self._raised or self._waiting
        if number:
            self._raise(number)


_interrupts = _Interrupts()


@contextmanager
def raising_interrupts(ends_process: bool = False) -> Iterator[None]:
    """Make every signal that ends a process raise `Interrupted` in a block; an ignored signal stays ignored.

    Where the process ends with the block, signals after one that was raised no longer change its exit code.
    """
    global _interrupts
    _interrupts = _Interrupts()
    with ExitStack() as handlers:
        handlers.callback(_forget)
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                handlers.enter_context(_handled(number, _interrupts.hear))
        yield
        if ends_process and _interrupts.raised:
            handlers.pop_all()
            for number in SIGNALS:
                signal.signal(number, signal.SIG_IGN)


def _forget() -> None:
    global _interrupts
    _interrupts = _Interrupts()


def interrupts_waiting() -> AbstractContextManager[None]:
    """Defer signals until a block has ended, if `raising_interrupts` handles them."""
    return _interrupts.shield()


def raise_swallowed_interrupt() -> None:
    """Raise `Interrupted` again where it was raised before, and training still goes on."""
    _interrupts.insist()


@contextmanager
def ignoring_interrupts() -> Iterator[None]:
    """Make processes that are started in a block ignore Ctrl-C: the parent process ends them."""
    with _handled(signal.SIGINT, signal.SIG_IGN):
        yield


@contextmanager
def _handled(number: int, handler: Any) -> Iterator[None]:
    """Handle a signal in a block; outside of the main thread, where that cannot be, as before."""
    try:
        before = signal.signal(number, handler)
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        signal.signal(number, signal.SIG_DFL if before is None else before)  # None: not Python's own
