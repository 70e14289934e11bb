"""Seeds of tests of learning: the first in the default suite, the others `slow`."""

from __future__ import annotations

from typing import Any

import pytest


def seeds(n: int, fast: int = 1) -> list[Any]:
    """Return ``n`` seeds for `pytest.mark.parametrize`, of which the first ``fast`` belong to the default suite."""
    return [*range(fast), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(fast, n))]
