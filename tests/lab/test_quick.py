"""``dualbrain lab run --quick``: in the chamber all pass and their controls fail; worlds run; the rest waits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from filelock import FileLock

from dualbrain.cli import main
from dualbrain.lab.catalogue import load_registered
from dualbrain.lab.verdict import Verdict
from tests.lab.long_experiments import LONG

EXPERIMENTS, BROKEN = load_registered()
PENDING = {name for name, each in EXPERIMENTS.items() if each.waits_for}
CHAMBER = {name for name, each in EXPERIMENTS.items() if each.in_chamber} - PENDING
WORLDS = EXPERIMENTS.keys() - CHAMBER - PENDING
FAST = (CHAMBER - LONG) | {"rare-flinch"}
"""What the default suite runs: of those in worlds the one that takes least."""


def quick(tmp_path_factory: pytest.TempPathFactory, worker_id: str, name: str, asked: Sequence[str]) -> Path:
    """Return the folder of one run, which all processes of a session share."""
    base = tmp_path_factory.getbasetemp()
    made = (base if worker_id == "master" else base.parent) / name
    with FileLock(f"{made}.lock"):
        if not made.is_dir():
            assert main(["lab", "run", *asked, "--quick", "--jobs", "2", "-f", str(made)]) == 0
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    return quick(tmp_path_factory, worker_id, "lab-quick", sorted(FAST | PENDING))


@pytest.fixture(scope="module")
def all_of_them(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    return quick(tmp_path_factory, worker_id, "lab-all", ["--all"])


def report(folder: Path, name: str) -> str:
    return (folder / name / "quick" / "report.md").read_text()


def verdict(folder: Path, name: str) -> str:
    told = re.search(r"^\*\*(.*?)\*\*", report(folder, name), re.MULTILINE)
    assert told
    return told[1]


def test_there_are_all_kinds():
    assert not BROKEN
    assert len(CHAMBER) >= 25
    assert len(WORLDS) >= 7
    assert {"prestige", "dead-sea-acting"} <= PENDING


@pytest.mark.parametrize("name", sorted(CHAMBER & FAST))
def test_what_takes_place_in_the_chamber_passes_and_its_controls_fail(name: str, folder: Path):
    passes_and_its_controls_fail(name, folder)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(CHAMBER))
def test_all_that_takes_place_in_the_chamber_passes_and_its_controls_fail(name: str, all_of_them: Path):
    passes_and_its_controls_fail(name, all_of_them)


def passes_and_its_controls_fail(name: str, folder: Path) -> None:
    assert verdict(folder, name) == Verdict.PASS
    assert EXPERIMENTS[name].controls
    assert "seeds 0 to 2" in report(folder, name)


@pytest.mark.parametrize("name", sorted(WORLDS & FAST))
def test_a_world_is_tried_and_not_judged(name: str, folder: Path):
    assert verdict(folder, name) == Verdict.NOT_JUDGED


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(WORLDS))
def test_every_world_is_tried_and_not_judged(name: str, all_of_them: Path):
    assert verdict(all_of_them, name) == Verdict.NOT_JUDGED


@pytest.mark.parametrize("name", sorted(PENDING))
def test_what_waits_is_not_run(name: str, folder: Path):
    assert not (folder / name).exists()
    assert EXPERIMENTS[name].run is None
