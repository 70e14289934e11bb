"""``docs/lab.md`` tells of every experiment, and its pictures are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dualbrain.lab.catalogue import load_registered

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "lab.md").read_text()
EXPERIMENTS = load_registered()[0]
LARGEST = 40_000
"""Bytes of a picture."""


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_is_told_of(name: str):
    (section,) = re.findall(rf"^## {re.escape(name)}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    experiment = EXPERIMENTS[name]
    assert experiment.about in section
    assert all(published.source in section for published in experiment.published)
    if experiment.waits_for:
        assert f"**pending: waits for {experiment.waits_for}**" in section
    else:
        assert re.search(r"^\*\*(PASS|FAIL)\*\*, seeds 0 to 19", section, re.MULTILINE)
        assert all(claim.says in section.replace("\\|", "|") for claim in experiment.claims)


def test_its_pictures_are_there_and_small_and_no_others():
    shown = set(re.findall(r"\]\((pictures/lab/[^)]*)\)", PAGE))
    assert shown == {str(path.relative_to(DOCS)) for path in (DOCS / "pictures" / "lab").iterdir()}
    assert all((DOCS / path).stat().st_size < LARGEST for path in shown)


def test_it_says_by_which_command_it_was_made():
    assert re.search(r"^    dualbrain lab report -o docs/lab\.md$", PAGE, re.MULTILINE)
