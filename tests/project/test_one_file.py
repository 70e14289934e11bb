"""One new file is one new thing: listed, checked, documented and trained with, and no other file is touched."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.project.one_file import probe, sources

ROOT = Path(__file__).parents[2]
PACKAGES = ("agents", "dualbrain", "envs", "experiments", "reward_modules")
OWN = {
    "reward_modules/delight.py": sources.of(sources.DRIVE, "delight"),
    "envs/pond.py": sources.of(sources.WORLD, "pond"),
    "experiments/social/flood.py": sources.of(sources.EXPERIMENT, "flood"),
    "agents/patient.py": sources.of(sources.AGENT, "patient"),
    "dualbrain/cortex/wide.py": sources.of(sources.CORTEX, "wide"),
    "dualbrain/observers/witness.py": sources.of(sources.OBSERVER, "witness"),
    "envs/adapters/rattle.py": sources.of(sources.ADAPTER, "rattle"),
    "rattle_package.py": sources.of(sources.FOREIGN, "rattle"),
}
"""One part of each kind in the folder of its kind, and a package of somebody else that the adapter serves."""
OTHERS = {
    "gladness.py": sources.of(sources.DRIVE, "gladness"),
    "pool.py": sources.of(sources.WORLD, "pool"),
    "tide.py": sources.of(sources.EXPERIMENT, "tide"),
    "hasty.py": sources.of(sources.AGENT, "hasty"),
    "tall.py": sources.of(sources.CORTEX, "tall"),
    "spy.py": sources.of(sources.OBSERVER, "spy"),
    "toy.py": sources.of(sources.ADAPTER, "toy"),
    "toy_package.py": sources.of(sources.FOREIGN, "toy"),
}
"""The same in a distribution of its own, each a module."""
GROUPS = {
    "reward_modules": "gladness",
    "worlds": "pool",
    "experiments": "tide",
    "agents": "hasty",
    "cortices": "tall",
    "observers": "spy",
    "adapters": "toy",
}
LISTED = {
    "modules": "drive",
    "agents": "agent",
    "cortices": "cortex",
    "observers": "observer",
    "experiments": "experiment",
}
"""What is listed, and what part it is."""
NAMES = [
    {
        "drive": "delight",
        "world": "dualbrain/Pond-v0",
        "experiment": "flood",
        "agent": "patient",
        "cortex": "wide",
        "observer": "witness",
        "adapted": "Rattle-v0",
    },
    {
        "drive": "gladness",
        "world": "others/Pool-v0",
        "experiment": "tide",
        "agent": "hasty",
        "cortex": "tall",
        "observer": "spy",
        "adapted": "Toy-v0",
    },
]


def install(folder: Path, name: str, groups: dict[str, dict[str, str]]) -> None:
    """Write into a folder on the path what an installer writes of a distribution."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    lines = [[f"[{group}]", *(f"{key} = {value}" for key, value in points.items())] for group, points in groups.items()]
    (info / "entry_points.txt").write_text("\n".join(line for group in lines for line in group))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What is seen of the new parts, in a process for which a copy of the packages lies on the path."""
    home, others = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("others")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, home / package)
    (home / "docs").mkdir()
    for page in ("make_drives.py", "make_senses.py"):
        shutil.copy(ROOT / "docs" / page, home / "docs")
    for folder, files in ((home, OWN), (others, OTHERS)):
        for path, text in files.items():
            (folder / path).write_text(text)
    install(home, "dualbrain", tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"])
    install(others, "others", {f"dualbrain.{group}": {"others": module} for group, module in GROUPS.items()})
    path = os.pathsep.join(map(str, (home, others)))
    done = subprocess.run(
        [sys.executable, "-P", probe.__file__, json.dumps(NAMES)],
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "250"},
        cwd=home,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("names", NAMES, ids=["in its folder", "in a distribution of its own"])
def test_it_is_listed(found: Any, names: dict[str, str]):
    lists = found[0]
    for kind, part in LISTED.items():
        assert names[part] in lists[kind].split(), kind
    assert names["world"] in lists["envs"]
    assert names["adapted"] in lists["envs"]
    assert names["drive"] in lists["senses"]


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_it_is_trained_with_from_the_command_line(found: Any, number: int):
    seen = found[2][number]
    assert "exit code 0" in seen["trained"]
    assert "exit code 0" in seen["trained on the adapted"]
    assert f"{NAMES[number]['agent']} under {NAMES[number]['drive']} x1" in seen["trained"]
    assert f"{NAMES[number]['observer']} looked on at step 128" in seen["trained"]


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_an_experiment_is_run_and_judged(found: Any, number: int):
    seen = found[2][number]
    assert seen["experiment"] == "Is the water high?"
    assert f"{NAMES[number]['experiment']}: PASS" in seen["run"]


def test_it_is_documented(found: Any):
    pages = found[1]
    assert "## delight\n\n*What is eaten delights.*" in pages["drives"]
    assert "gladness" not in pages["drives"], "the page is of this project's own"
    assert "Pond" in pages["senses"]
    assert "| `rattle_shakes` | 0 to 1 | flag | it shakes | rattle |" in pages["senses"]


def test_an_adapted_world_offers_its_senses(found: Any):
    assert [seen["senses"] for seen in found[2]] == [["rattle_shakes"], ["toy_shakes"]]
