"""What every test shares: one thread for torch, so that runs are quick beside each other and repeat bit for bit.

An instrument that switches itself off fails the test in which it does so, or an error of ours would go unnoticed; tests
that want it to take the fixture ``switched_off``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import torch

from dualbrain.training.guard import LOG

torch.set_num_threads(1)


class Heard(logging.Handler):
    """Keeps what instruments say when they are switched off."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


HEARD = Heard()
LOG.addHandler(HEARD)
LOG.setLevel(logging.WARNING)


@pytest.fixture
def switched_off() -> list[str]:
    """Return what instruments say in a test, which may switch them off."""
    return HEARD.said


@pytest.fixture(autouse=True)
def instruments_work(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let no instrument be switched off in a test, or in a fixture that it is the first to use, unwanted."""
    if "switched_off" in request.fixturenames:
        HEARD.said.clear()
    yield
    said = list(HEARD.said)
    HEARD.said.clear()
    assert "switched_off" in request.fixturenames or not said
