"""The glossary defines words that the project uses, and the pages where readers start link to it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "glossary.md"
USERS = ("dualbrain", "agents", "reward_modules", "envs", "docs")
ROWS = [row.strip("| ").split(" | ") for row in GLOSSARY.read_text().splitlines() if row.startswith("| ")]
DEFINITIONS = {word: (meaning, field) for word, meaning, field in ROWS if word != "word"}


def words(entry: str) -> list[str]:
    """Return the words that one row defines.

    >>> words("lab, chamber"), words("ablation: wire, worth")
    (['lab', 'chamber'], ['ablation', 'wire', 'worth'])
    """
    return re.split(r"[,:] ", entry)


def project_text() -> str:
    """Return all text that a reader may meet: sources and pages, without the glossary itself."""
    files = [path for folder in USERS for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".md")]
    return "\n".join(path.read_text().lower() for path in files if path != GLOSSARY)


def test_every_word_is_used():
    text = " ".join(project_text().split())
    assert [word for entry in DEFINITIONS for word in words(entry) if not re.search(rf"\b{word}\b", text)] == []


def test_every_word_has_a_meaning_and_the_field_s_word():
    assert len(DEFINITIONS) >= 25
    assert [word for word, row in DEFINITIONS.items() if not all(row)] == []


@pytest.mark.parametrize("page", ["README.md", "docs/architecture.md"])
def test_the_first_pages_link_to_it(page: str):
    assert "docs/glossary.md" in (ROOT / page).read_text()


def test_every_page_is_linked_from_another():
    pages = sorted((ROOT / "docs").glob("*.md"))
    texts = {page: page.read_text() for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *pages]}
    linked = {name for page, text in texts.items() for name in re.findall(r"[\w-]+\.md", text) if name != page.name}
    assert [page.name for page in pages if page.name not in linked] == []
