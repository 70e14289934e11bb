"""The pages about drives: the one made from them is current, and the one on how to write one works."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from docs.make_drives import PAGE, equation, own_drives, page, parameters, source

WRITING = PAGE.with_name("writing_a_drive.md")
LONGEST = 25
"""Lines that a new drive may take."""


def test_the_page_is_current():
    assert PAGE.read_text() == page(), "write it anew: make docs"


@pytest.mark.parametrize(("name", "cls"), own_drives().items(), ids=[*own_drives()])
def test_every_drive_has_equation_source_and_parameters_with_a_meaning(name, cls):
    assert equation(cls), name
    assert re.search(r"\d{4}", source(cls)), name
    assert all(meaning for _, _, meaning in parameters(cls)), name


def test_writing_a_drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The file on the page, saved where it says, does what the page says of it."""
    text = WRITING.read_text()
    (drive,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(drive.splitlines()) <= LONGEST
    (tmp_path / "dark.py").write_text(drive)
    monkeypatch.syspath_prepend(tmp_path)
    tried = doctest.testfile(str(WRITING), module_relative=False, raise_on_error=True)
    assert tried.attempted >= 8
