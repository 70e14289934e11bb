"""The experiments in the chamber that take longest: in tests they are `slow`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

LONG = {
    "aba-renewal",
    "distributional",
    "horizon",
    "spider-gate-chamber",
    "timing",
    "trace",
    "transition-revaluation",
}
"""Together they take two thirds of the time of all in the chamber."""


def by_name(names: Iterable[str]) -> list[Any]:
    """Return names for `pytest.mark.parametrize`, in order, the long ones marked as slow."""
    return [pytest.param(name, marks=pytest.mark.slow if name in LONG else ()) for name in sorted(names)]
