"""Protocols: a seed is made once and kept, whoever makes it; outcomes line up; tables are Markdown."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from experiments import protocol
from experiments.protocol import Protocol, conduct, over_seeds, table, together


def measured(seed: int, steps: int) -> dict[str, dict[str, float]]:
    """Stand in for an experiment."""
    return {"intact": {"steps": float(steps), "seed": float(seed)}, "control": {"half": 0.5 * seed}}


def told(found) -> str:
    return f"seeds {found['intact']['seed'].tolist()}, steps {found['intact']['steps'].tolist()}"


TRIAL = Protocol("trial", measured, 100, told)


@pytest.fixture
def at_hand(monkeypatch: pytest.MonkeyPatch):
    """Let threads stand in for processes, which take seconds to begin."""
    monkeypatch.setattr(protocol, "ProcessPoolExecutor", lambda jobs, context: ThreadPoolExecutor(jobs))


def test_a_seed_is_made_once(tmp_path: Path):
    made = TRIAL.outcome(3, 100, tmp_path)
    file = tmp_path / "100_steps" / "seed_3.json"
    assert json.loads(file.read_text()) == made
    file.write_text(json.dumps({"intact": {"seed": 33.0}}))
    assert TRIAL.outcome(3, 100, tmp_path) == {"intact": {"seed": 33.0}}


def test_another_budget_is_another_outcome(tmp_path: Path):
    TRIAL.outcome(0, 100, tmp_path)
    assert TRIAL.outcome(0, 200, tmp_path)["intact"]["steps"] == 200.0


def test_what_fails_leaves_nothing_that_counts_as_made(tmp_path: Path):
    def fails(seed: int, steps: int):
        raise ValueError("no brain")

    with pytest.raises(ValueError, match="no brain"):
        Protocol("trial", fails, 1, told).outcome(0, 1, tmp_path)
    assert not list(tmp_path.rglob("seed_*"))


def test_seeds_that_are_missing_are_made_and_all_are_in_order(at_hand: None, tmp_path: Path):
    file = tmp_path / "100_steps" / "seed_1.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"intact": {"steps": 100.0, "seed": 1.0}, "control": {"half": -1.0}}))
    found = TRIAL.outcomes([2, 0, 1], 100, tmp_path, jobs=2)
    assert found["intact"]["seed"].tolist() == [2.0, 0.0, 1.0]
    assert found["control"]["half"].tolist() == [1.0, 0.0, -1.0], "the seed that was kept was not made again"


def test_outcomes_line_up():
    found = together([{"a": {"x": 1.0}, "b": {"y": 2.0}}, {"a": {"x": 3.0}, "b": {"y": 4.0}}])
    assert found["a"]["x"].tolist() == [1.0, 3.0]
    assert found["b"]["y"].tolist() == [2.0, 4.0]


def test_the_command_line_runs_seeds_from_0_on_and_prints_the_report(at_hand: None, tmp_path: Path, capsys):
    assert conduct(TRIAL, "A trial.", ["--seeds", "1", "--steps", "7", "-f", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "seeds [0.0], steps [7.0]\n"


def test_a_table_is_markdown():
    assert table(("a", "b"), [("1", "2"), ("3", "4")]).splitlines() == [
        "| a | b |",
        "| --- | --- |",
        "| 1 | 2 |",
        "| 3 | 4 |",
    ]


def test_a_statistic_has_its_interval():
    assert over_seeds(np.array([1.0, 3.0])) == "2 (1 to 3)"
    assert over_seeds(np.array([2.0])) == "2 (one seed)"
