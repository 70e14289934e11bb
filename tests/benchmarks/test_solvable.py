"""The table of solvable worlds: shares by hand, rows of other worlds stay, and no run is made twice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import solvability as solvable
from benchmarks.solvability import BEGIN, END, HEAD, Outcome, configuration, learn, line, main, measure, play, written
from dualbrain.worlds.sense_catalogue import native_worlds

WORLD = "dualbrain/SpiderCave-v0"
STEADY = Outcome(WORLD, 1000, np.full(4, 100.0), np.full(4, 300.0), np.array([[200.0, 200.0], [250.0, 250.0]]))
PAGE = f"Before.\n\n{BEGIN}\n{HEAD}\n| Needs | old |\n| SpiderCave | old |\n{END}\n\nAfter.\n"


def test_the_share_is_how_far_the_brains_came():
    assert STEADY.share == 0.625
    assert STEADY.interval == (0.5, 0.75)  # all of one seed, or all of the other


def test_the_interval_covers_what_chance_there_is():
    rng = np.random.default_rng(1)
    noisy = Outcome(WORLD, 1, rng.normal(0, 1, 200), rng.normal(10, 1, 200), rng.normal(5, 1, (3, 200)))
    low, high = noisy.interval
    assert low < 0.5 < high
    assert 0.01 < high - low < 0.1


def test_a_row_says_it_all():
    assert line(STEADY) == (
        "| SpiderCave | `hunger:5,thirst:5,flinch,pain` | 1,000 | 100 | 300 | 225 | 200, 250 | 62% (50% to 75%) |"
    )


def test_rows_of_other_worlds_stay():
    page = written(PAGE, ["| Forage | new |", "| SpiderCave | new |"])
    rows = page.split("\n")
    assert page.startswith("Before.")
    assert page.endswith("After.\n")
    assert [row for row in rows if row.startswith("| ") and row not in HEAD] == [
        "| Forage | new |",
        *(["| Needs | old |"] if "dualbrain/Needs-v0" in native_worlds() else []),
        "| SpiderCave | new |",
        *([] if "dualbrain/Needs-v0" in native_worlds() else ["| Needs | old |"]),
    ]
    assert written(page, []) == page


def test_a_page_without_a_table_is_left_alone():
    with pytest.raises(ValueError, match="no table"):
        written("Nothing here.", [])


def test_an_expert_beats_chance_in_episodes_of_their_own():
    scores = {expert: play(WORLD, expert, 12) for expert in (False, True)}
    assert scores[True].shape == scores[False].shape == (12,)
    assert scores[True].mean() > 2 * scores[False].mean()
    np.testing.assert_array_equal(play(WORLD, False, 12), scores[False])


def test_a_brain_is_trained_under_the_drives_of_its_world():
    config = configuration(WORLD, 4, 100)
    assert {name: table.weight for name, table in config.modules.items()} == {
        "hunger": 5.0,
        "thirst": 5.0,
        "flinch": 1.0,
        "pain": 1.0,
    }
    assert (config.seed, config.total_timesteps, config.num_threads) == (4, 100, 1)


@pytest.mark.slow
def test_runs_are_kept_and_the_page_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    quick = {"n_envs": 8, "hyperparams": {"n_steps": 32, "batch_size": 64, "n_epochs": 1}}
    monkeypatch.setattr("dualbrain.runs.build.recipe", lambda world: quick)
    first = [learn(WORLD, seed, 256, 12, tmp_path) for seed in range(2)]
    monkeypatch.delattr("dualbrain.runs.train.train")
    assert [learn(WORLD, seed, 256, 12, tmp_path) for seed in range(2)] == first
    monkeypatch.setattr(solvable, "measure", lambda *settings: [STEADY])
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    assert main(["--worlds", WORLD, "-o", str(page)]) == 0
    assert line(STEADY) in page.read_text()
    assert list(tmp_path.glob(".partial*")) == []


@pytest.mark.slow
def test_worlds_are_measured_in_processes(tmp_path: Path):
    (outcome,) = measure([WORLD], 2, 20_000, 12, 2, tmp_path)
    assert outcome.learned.shape == (2, 12)
