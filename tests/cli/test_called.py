"""Lines that say how to go on can be copied as they stand."""

from __future__ import annotations

import io
import shlex
import shutil
import sys
from pathlib import Path

import pytest
from rich.console import Console

from dualbrain.cli.terminal.invocation import called, show_command


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command in a virtual environment that is not activated, called by its path."""
    script = tmp_path / "bin" / "dualbrain"
    script.parent.mkdir()
    script.touch(mode=0o755)
    monkeypatch.setattr(sys, "argv", [str(script)])
    monkeypatch.setenv("PATH", str(tmp_path))
    return script


def test_a_command_that_the_shell_does_not_find_is_called_by_its_path(script: Path):
    assert called() == str(script)


def test_one_that_it_finds_is_called_by_its_name(script: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(script.parent))
    assert called() == "dualbrain"


def test_another_of_the_same_name_does_not_count(script: Path, tmp_path: Path):
    shutil.copy(script, tmp_path / "dualbrain")
    assert called() == str(script)


def test_a_module_is_called_as_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "argv", ["__main__.py"])
    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    assert called() == "python3 -m dualbrain"


@pytest.mark.parametrize("folder", ["my runs/[old]/a_1", "runs[/]", "ünï $HOME"])
def test_folders_with_spaces_and_brackets_are_printed_as_a_shell_reads_them(script: Path, folder: str):
    printed = io.StringIO()
    show_command(Console(file=printed, width=20), "board", Path(folder))
    assert shlex.split(printed.getvalue()) == [str(script), "board", folder]
