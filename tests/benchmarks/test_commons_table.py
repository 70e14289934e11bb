"""The table of who exhausts the commons: what is counted, and how it is laid out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.commons import HEAD, Harvest, harvest, line, main, orchards, players

ROWS = 24


def test_the_greedy_leave_less_and_eat_less_than_the_sparing() -> None:
    batch = orchards(ROWS)
    random, greedy, sparing = (harvest(player, batch) for _, player in players(batch))
    assert greedy.eaten.shape == (ROWS,)
    assert greedy.left.shape == (ROWS // 4,)
    assert random.eaten.mean() < greedy.eaten.mean() < sparing.eaten.mean()
    assert greedy.left.mean() < 0.3 < sparing.left.mean()
    assert greedy.lived.mean() < 0.5 < sparing.lived.mean()


def test_a_row_has_a_figure_for_each_seed() -> None:
    one = Harvest(np.array([10.0, 20.0]), np.array([1.0, 0.0]), np.array([0.25]))
    other = Harvest(np.array([40.0, 40.0]), np.array([1.0, 1.0]), np.array([0.5]))
    assert line("both", [one, other]) == "| both | 15, 40 | 50%, 100% | 25%, 50% |"


def test_a_brain_is_raised_once_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    short = ["--drives", "hunger:5", "--seeds", "1", "--steps", "100", "--episodes", "4", "-f", str(tmp_path)]
    assert main(short) == 0
    first = capsys.readouterr()
    assert main(short) == 0
    second = capsys.readouterr()
    assert first.err == "hunger:5, seed 0\n"
    assert second.err == ""
    assert first.out == second.out
    assert first.out.startswith(HEAD)
    assert "| one brain, `hunger:5` |" in first.out
