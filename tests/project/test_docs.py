"""The Python in ``docs/`` runs as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = [
    pytest.param(source, id=f"{page.stem}-{i}")
    for page in sorted(DOCS.glob("*.md"))
    for i, source in enumerate(re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL))
]


@pytest.mark.parametrize("source", EXAMPLES)
def test_an_example_runs(source: str):
    exec(compile(source, "docs", "exec", dont_inherit=True), {"__name__": "__main__"})
