"""What every test shares: one thread for torch, so that runs are quick beside each other and repeat bit for bit.

An instrument that switches itself off fails the test in which it does so, or an error of ours would go unnoticed; tests
that want it to take the fixture ``switched_off``. The command line is called by the fixture ``dualbrain``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from dualbrain.cli import main
from dualbrain.training.guard import LOG
from tests.command_line import Command

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


@pytest.fixture
def dualbrain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command below ``tmp_path``; return exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.syspath_prepend(str(tmp_path))

    def run(*argv: str) -> tuple[int, str, str]:
        code = main(argv)
        return code, *capsys.readouterr()

    return run
