"""The command line called in this process, in an empty folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dualbrain.cli import main

QUICK = ("--eval-freq", "0", "--n-envs", "2", "-params", "n_steps:16", "batch_size:32", "n_epochs:1")
"""Settings under which CartPole trains in a second or two."""

Command = Callable[..., tuple[int, str, str]]


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
