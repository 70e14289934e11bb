"""The page on how to write a cortex works."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

WRITING = Path(__file__).parents[2] / "docs" / "writing_a_cortex.md"


def test_the_file_on_the_page_does_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (cortex,) = re.findall(r"```python\n(.*?)```", WRITING.read_text(), re.DOTALL)
    (tmp_path / "trace.py").write_text(cortex)
    monkeypatch.syspath_prepend(tmp_path)
    tried = doctest.testfile(str(WRITING), module_relative=False, raise_on_error=True)
    assert tried.attempted >= 6
