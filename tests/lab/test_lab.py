"""``dualbrain lab``: seeds are made once and kept, reports are written whole, and mistakes are told in one line."""

from __future__ import annotations

import csv
import importlib.metadata
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dualbrain.cli import main
from dualbrain.files.file_lock import LOCK, file_lock
from dualbrain.lab import jobs as making
from dualbrain.lab.catalogue import load_experiment
from dualbrain.lab.seed_store import SeedStore
from dualbrain.registry import EXPERIMENTS
from tests.event_files import read
from tests.hearing import hearing

FOLDER, HERE = Path(__file__).parent, "small_experiments"
ALL = [f"{HERE}:{name}" for name in ("LEARNING", "LIVING", "WAITING")]


def test_a_seed_that_fails_without_a_word_says_where(capsys):
    def run(_: int) -> Any:
        raise AssertionError

    line = run.__code__.co_firstlineno + 1
    assert making._made(run, 0, 0) == (None, f"AssertionError ({__file__}, line {line})")
    assert "AssertionError" in capsys.readouterr().err


@pytest.fixture(scope="module", autouse=True)
def findable() -> Iterator[None]:
    """Let the file of small experiments be found as a user's would be, by other processes too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        yield


def shelf_of(name: str, folder: Path) -> SeedStore:
    return SeedStore.of(load_experiment(f"{HERE}:{name}"), folder)


@pytest.fixture(scope="module")
def made(findable: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab") / "runs"
    assert main(["lab", "run", *ALL, "--seeds", "3", "--jobs", "1", "-f", str(folder)]) == 0
    return folder


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """No seed may be made."""

    def start(*_: object) -> None:
        raise AssertionError("a seed is made again")

    monkeypatch.setattr(making, "_made", start)


def test_every_seed_is_kept_by_its_budget(made: Path):
    kept = sorted(str(path.relative_to(made)) for path in made.rglob("seed_*.json"))
    places = ("learning/chamber", "living/100_steps")
    assert kept == [f"{place}/seed_{seed}.json" for place in places for seed in range(3)]
    assert json.loads((made / "living/100_steps/seed_0.json").read_text())["intact"] == {"score": 100.0}
    assert not list(made.rglob(".partial*"))


def test_what_is_kept_is_not_made_again(made: Path, idle: None, capsys: pytest.CaptureFixture[str]):
    assert main(["lab", "run", *ALL, "--seeds", "3", "-f", str(made)]) == 0
    assert "made " not in capsys.readouterr().out
    assert main(["lab", "run", ALL[0], "--seeds", "4", "--jobs", "1", "-f", str(made)]) == 1
    assert "AssertionError: a seed is made again" in capsys.readouterr().err


def test_fresh_makes_it_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    shelf = shelf_of("LEARNING", tmp_path)
    shelf.save(0, {"intact": {"left": 5.0}})
    command = ["lab", "run", ALL[0], "--seeds", "1", "-f", str(tmp_path)]
    assert main(command) == 2
    assert "does not fit 'learning' (KeyError: 'no learning')" in capsys.readouterr().err
    assert main([*command, "--fresh"]) == 0
    assert shelf.found([0])["intact"]["left"] == 0.5**5


def test_one_run_at_a_time_of_an_experiment(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with file_lock(tmp_path / "learning", "run of the lab"):
        assert main(["lab", "run", ALL[0], "--seeds", "1", "-f", str(tmp_path)]) == 2
        assert "another run of the lab is at work in" in capsys.readouterr().err
        assert main(["lab", "run", ALL[1], "--seeds", "1", "--jobs", "1", "-f", str(tmp_path)]) == 0


def test_missing_seeds_are_made_and_kept_ones_left(tmp_path: Path):
    shelf = shelf_of("LEARNING", tmp_path)
    shelf.save(1, {"intact": {"left": 0.25, "error": [1.0]}, "no learning": {"left": 1.0, "error": [1.0]}})
    told: list[str] = []
    seeds = making.missing([(shelf, range(3)), (shelf_of("LIVING", tmp_path), range(1))])
    assert making.make_all(seeds, 1, lambda seed: told.append(seed.name)) == []
    assert sorted(told) == ["learning, seed 0", "learning, seed 2", "living, seed 0"]
    assert shelf.seeds == [0, 1, 2]
    assert shelf.read(1)["intact"]["left"] == 0.25


def test_the_chamber_comes_first_and_worlds_take_turns(tmp_path: Path):
    shelves = [shelf_of("LIVING", tmp_path), shelf_of("LEARNING", tmp_path)]
    named = [seed.name for seed in making.missing([(shelf, range(2)) for shelf in shelves])]
    assert named == ["learning, seed 0", "learning, seed 1", "living, seed 0", "living, seed 1"]


def test_a_seed_that_fails_is_named_and_the_others_are_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    names = [f"{HERE}:TIRING", ALL[0]]
    assert main(["lab", "run", *names, "--seeds", "4", "--jobs", "2", "-f", str(tmp_path)]) == 2
    out, error = capsys.readouterr()
    assert "2 things went wrong" in error
    assert "tiring, seed 1: ValueError: tired of life" in error
    assert "tiring, seed 2: its process ended with exit code 7" in error
    assert sorted(path.stem for path in (tmp_path / "tiring/chamber").iterdir()) == ["seed_0", "seed_3"]
    assert "learning: PASS" in out
    assert "tiring: " not in out
    assert not (tmp_path / "tiring/report.md").exists()


def test_the_csv_has_a_row_per_seed_and_numbers_only(made: Path):
    rows = list(csv.DictReader((made / "learning/seeds.csv").read_text().splitlines()))
    assert [*rows[0]] == ["seed", "intact.left", "intact.half", "no learning.left", "no learning.half"]
    assert [float(row["intact.half"]) for row in rows] == [(0.5**5 + 0.001 * seed) / 2 for seed in range(3)]


def test_the_report_holds_what_was_published_beside_what_was_found(made: Path):
    report = (made / "learning/report.md").read_text()
    assert "* Published: errors vanish (Nobody 1900; as transcribed by Somebody 2000)" in report
    assert "**PASS**, seeds 0 to 2\n" in report
    cells = ("at most .1 of the error is left", "0.03", "0.0323 (0.0312 to 0.0333)", "at most 0.1", "yes")
    assert f"| {' | '.join(cells)} | 1 (all equal): fails |" in report
    assert "* Control no learning: failed" in report
    assert "](figure.png)" in report
    assert "100 steps of training per brain" in (made / "living/report.md").read_text()


@pytest.mark.parametrize("name", ["learning", "living"])
def test_the_figure_is_a_small_picture(made: Path, name: str):
    file = made / name / "figure.png"
    assert file.stat().st_size < 40_000
    assert Image.open(file).size == (715, 396)


def test_tensorboard_reads_claims_measures_table_and_figure(made: Path):
    events = read(made / "learning/tb")
    tags = events.Tags()
    assert [(event.step, event.value) for event in events.Scalars("claim/at most .1 of the error is left")] == [
        (3, pytest.approx(0.5**5 + 0.001))
    ]
    assert [event.step for event in events.Scalars("measure/half/no learning")] == [0, 1, 2]
    assert np.allclose([event.value for event in events.Scalars("curve/error/no learning")], 1.0)
    assert tags["images"] == ["lab/figure"]
    (text,) = events.Tensors("lab/table")
    assert b"errors vanish" in text.tensor_proto.string_val[0]
    assert len(list((made / "learning/tb").iterdir())) == 1, "what was written before is replaced"


def test_the_summary_tells_all_and_pending_never_passes(made: Path, idle: None, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["lab", "run", *ALL, "--seeds", "3", "-f", str(made)]) == 0
    summary = capsys.readouterr().out.partition("The lab")[2]
    lines = [[cell.strip() for cell in line.split("│")[1:-1]] for line in summary.splitlines() if "│" in line]
    assert [line[:3] for line in lines] == [
        ["learning", "PASS", "3"],
        ["living", "PASS", "3"],
        ["waiting", "pending: waits for a cortex of its own", ""],
    ]
    assert lines[0][3:] == ["yes: at most .1 of the error is left: 0.0323 (0.0312 to 0.0333)", "no learning: failed"]
    assert not (made / "waiting").exists()


def test_quick_seeds_are_never_taken_for_full_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["lab", "run", *ALL, "--quick", "--jobs", "1", "-f", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "living: not judged" in out
    assert "learning: PASS" in out
    assert sorted(path.name for path in (tmp_path / "learning/quick/chamber").iterdir()) == [
        f"seed_{seed}.json" for seed in range(3)
    ]
    assert [path.name for path in (tmp_path / "living/quick/5_steps").iterdir()] == ["seed_0.json"]
    assert shelf_of("LIVING", tmp_path).seeds == shelf_of("LEARNING", tmp_path).seeds == []
    assert "5 steps of training" in (tmp_path / "living/quick/report.md").read_text()
    assert main(["lab", "report", *ALL, "-f", str(tmp_path), "-o", str(tmp_path / "lab.md")]) == 2


def test_the_page_tells_of_all_experiments_with_pictures_beside_it(made: Path, tmp_path: Path):
    page = tmp_path / "docs/lab.md"
    command = ["lab", "report", *ALL, "-f", str(made), "-o", str(page)]
    assert main(command) == 0
    text = page.read_text()
    assert f"    dualbrain {' '.join(command)}\n" in text
    assert "| [learning](#learning) | errors vanish | PASS | 3 | no learning: failed |" in text
    assert "| [waiting](#waiting) |  | pending: waits for a cortex of its own |  |  |" in text
    assert "](pictures/lab/learning.png)" in text
    assert "Is an error | unlearned?" in text
    assert sorted(path.name for path in page.parent.rglob("*.png")) == ["learning.png", "living.png"]
    assert text.index("[living](#living)") < text.index("## learning")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "spider-gat"], "did you mean 'spider-gate'?"),
        (["run"], "name some experiments, or say --all"),
        (["run", "--all", "elders"], "name some experiments, or say --all"),
        (["run", ALL[0], "--seeds", "0"], "--seeds must be at least 1, not 0"),
        (["run", f"{HERE}:NOWHERE"], "cannot be loaded"),
        (["run", f"{HERE}:NOTHING"], "is no Experiment but a str"),
        (["run", f"{HERE}:LAMBDA"], "must run a function of a module"),
        (["run", f"{HERE}:CLAIMLESS"], "needs a claim, and a control that must fail"),
        (["run", f"{HERE}:IDLE"], "has neither run nor waits_for"),
        (["run", f"{HERE}:HASTY"], "needs quick_steps between 0 and its 100 steps"),
        (["run", ALL[0], f"{HERE}:TWIN"], "two experiments are named 'learning'"),
        (["report", ALL[0]], "nothing of that is kept"),
        (["repot"], "did you mean 'report'?"),
    ],
)
def test_mistakes_are_told_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
):
    monkeypatch.chdir(tmp_path)
    assert main(["lab", *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_one_that_cannot_be_drawn_hurts_nobody_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    names = [f"{HERE}:BLOTTING", ALL[0]]
    assert main(["lab", "run", *names, "--seeds", "2", "--jobs", "1", "-f", str(tmp_path)]) == 2
    out, error = capsys.readouterr()
    assert "figure of 'blotting' cannot be drawn: KeyError" in error
    assert "learning: PASS" in out
    assert not (tmp_path / "blotting/report.md").exists()


def test_a_file_that_is_no_outcome_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    shelf = shelf_of("LEARNING", tmp_path)
    shelf.save(0, {})
    shelf.file(0).write_text("{")
    assert main(["lab", "run", ALL[0], "--seeds", "1", "-f", str(tmp_path)]) == 2
    assert "seed_0.json cannot be read" in capsys.readouterr().err


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two experiments are registered, and one of them cannot be loaded."""
    entries = [
        EntryPoint("broken", "nowhere.to_be_found:OBJECT", EXPERIMENTS),
        EntryPoint("learning", ALL[0], EXPERIMENTS),
    ]
    others = importlib.metadata.entry_points
    found = {EXPERIMENTS: entries}
    monkeypatch.setattr("dualbrain.registry.entry_points", lambda group: found.get(group) or others(group=group))


def test_a_broken_one_hurts_nobody_else(registered: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["lab", "list"]) == 0
    out = capsys.readouterr().out
    assert "broken: " in out
    assert "learning" in out
    assert main(["lab", "run", "--all", "--seeds", "2", "--jobs", "1", "-f", str(tmp_path)]) == 0
    out, error = capsys.readouterr()
    assert "learning: PASS" in out
    assert "'broken' was left out: " in error


def test_ctrl_c_ends_all_and_keeps_what_was_made(tmp_path: Path):
    command = [sys.executable, "-m", "dualbrain", "lab", "run", f"{HERE}:DAWDLING", "--seeds", "3", "-f", "runs"]
    environment = {**os.environ, "PYTHONPATH": str(FOLDER)}
    with hearing(), subprocess.Popen(
        command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as run:  # fmt: skip
        while run.poll() is None and not all((tmp_path / f"began_{seed}").exists() for seed in range(3)):
            time.sleep(0.05)
        os.killpg(run.pid, signal.SIGINT)
        _, error = run.communicate(timeout=60)
    assert run.returncode == 130, error
    assert "Traceback" not in error
    left = {path.name for path in (tmp_path / "runs").rglob("*.*")}
    assert left == {LOCK, "seed_0.json"}
