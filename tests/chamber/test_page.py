"""The page on the chamber does what it says."""

from __future__ import annotations

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "chamber.md"


def test_the_page_holds():
    tried = doctest.testfile(str(PAGE), module_relative=False, raise_on_error=True)
    assert tried.attempted > 10
