"""The documents speak of what is there: no path in them is stale, and no file is forgotten."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
DOCUMENTS = {name: (ROOT / name).read_text() for name in ("README.md", "CONTRIBUTING.md", "docs/architecture.md")}
FOLDERS = ("agents", "benchmarks", "docs", "dualbrain", "envs", "experiments", "reward_modules", "tests", ".ci")
DESCRIBED = ("agents", "dualbrain", "envs")


def paths(text: str) -> set[str]:
    """Every path of this repository in backquotes, links or images; ids of worlds and ``<placeholders>`` are none."""
    folders = "|".join(map(re.escape, FOLDERS))
    found = re.findall(rf"[`(]((?:{folders})/[\w./-]*|[\w-]+\.(?:md|toml|txt))[`)]", text)
    return {path for path in found if not re.search(r"-v\d+$", path) and path != "config.toml"}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_path_exists(name: str):
    assert [path for path in sorted(paths(DOCUMENTS[name])) if not (ROOT / path).exists()] == []


def test_paths_are_found():
    text = "`agents/ppo.py`, ![life](docs/pictures/life.png), `envs/<name>.py`, `dualbrain/Forage-v0`, `README.md`"
    assert paths(text) == {"agents/ppo.py", "docs/pictures/life.png", "README.md"}
    assert len(paths(ARCHITECTURE)) > 50


def rooms() -> list[str]:
    """The first column of the walk through the rooms."""
    walk = ARCHITECTURE.partition("## A walk through the rooms")[2].partition("\n## ")[0]
    return [row.split("|")[1] for row in walk.splitlines() if row.startswith("| `")]


def test_the_walk_through_the_rooms_is_short():
    assert 15 <= len(rooms()) <= 25


@pytest.mark.parametrize("package", DESCRIBED)
def test_every_folder_has_its_place_in_the_architecture(package: str):
    folders = {path.parent.relative_to(ROOT).as_posix() for path in (ROOT / package).rglob("*.py")}
    assert [folder for folder in sorted(folders) if f"`{folder}/`" not in ARCHITECTURE] == []


def test_no_row_is_of_a_folder_that_is_gone():
    named = [name for room in rooms() for name in re.findall(r"`([\w/]+)/`", room)]
    assert named
    assert [name for name in named if not (ROOT / name).is_dir()] == []


@pytest.mark.parametrize("package", DESCRIBED)
def test_every_file_says_first_what_it_holds(package: str):
    for path in (ROOT / package).rglob("*.py"):
        first = (ast.get_docstring(ast.parse(path.read_text())) or "").partition("\n")[0]
        assert len(first.split()) > 2, path
