"""The documents speak of what is there: no path in them is stale, and no file is forgotten."""

from __future__ import annotations

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


@pytest.mark.parametrize("package", DESCRIBED)
def test_every_file_has_its_place_in_the_architecture(package: str):
    """Of the top two levels; folders further down are named as a whole."""
    files = [*(ROOT / package).glob("*.py"), *(ROOT / package).glob("*/*.py"), *(ROOT / package).glob("*/*/")]
    wanted = [path for path in files if path.name not in ("__init__.py", "__pycache__")]
    assert [str(path.relative_to(ROOT)) for path in wanted if str(path.relative_to(ROOT)) not in ARCHITECTURE] == []
