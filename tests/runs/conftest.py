"""Real processes that train and can be killed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.runs.killing import Processes


@pytest.fixture(scope="session")
def server() -> Iterator[Processes]:
    """Start the process that others are forked from, once for all tests."""
    started = Processes()
    yield started
    started.close()


@pytest.fixture
def processes(server: Processes) -> Iterator[Processes]:
    """Return what starts commands; none outlives a test."""
    yield server
    server.stop()
