"""The page on how to write an experiment: the file on it, saved where it says, does what the page says of it."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from dualbrain.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "writing_an_experiment.md"
LONGEST = 60
"""Lines that a new experiment may take."""


def test_writing_an_experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    text = PAGE.read_text()
    (source,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(source.splitlines()) <= LONGEST
    (tmp_path / "mine.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    tried = doctest.testfile(str(PAGE), module_relative=False, raise_on_error=True)
    assert tried.attempted >= 6
    (command,) = re.findall(r"```bash\ndualbrain (.*?)\n```", text)
    assert main([*command.split(), "--jobs", "1"]) == 0
    assert "mine: PASS" in capsys.readouterr().out
    (row,) = re.findall(r"^\| B comes to at least .*$", text, re.MULTILINE)
    assert row in Path("runs/lab/mine/report.md").read_text()
