"""Scale the other budgets of an experiment in proportion to its steps."""

from __future__ import annotations


def scaled(full: int, steps: int, of: int, least: int = 1) -> int:
    """Return a budget for ``steps`` that is ``full`` with ``of`` of them or more, and ``least`` at least.

    >>> scaled(2000, 400_000, of=400_000), scaled(2000, 4000, of=400_000), scaled(64, 4000, of=400_000, least=8)
    (2000, 20, 8)
    """
    return min(full, max(least, full * steps // of))
