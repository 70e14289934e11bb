"""On the command line, what only looks on never costs a run: it is said, and the model is there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from dualbrain.runs import train as training
from tests.command_line import QUICK, Command

EVALUATED = (*QUICK[2:], "--eval-freq", "32", "--eval-episodes", "1")
WORLDS = '''
import gymnasium
from tests.sample_worlds.drawn import Drawn, Raises


class Once(Drawn):
    """Can be made once, as worlds that hold a port or a robot can."""

    left = 1

    def __init__(self, render_mode=None):
        if not Once.left:
            raise ConnectionError("the robot is taken")
        Once.left -= 1


class Quits(Drawn):
    """Does not survive evaluation."""

    def reset(self, **kwargs):
        if (kwargs.get("seed") or 0) >= 10_000:
            raise RuntimeError("simulator lost")
        return super().reset(**kwargs)


class Wordless(Drawn):
    def get_action_meanings(self):
        raise IndexError("no words")


for world in (Once, Quits, Wordless, Raises):
    gymnasium.register(f"looking/{world.__name__}-v0", world)
'''


@pytest.fixture
def worlds(dualbrain: Command, tmp_path: Path) -> Command:
    (tmp_path / "looking_on.py").write_text(WORLDS)
    sys.modules.pop("looking_on", None)
    return dualbrain


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_the_readme_s_example_trains_without_pygame(dualbrain, tmp_path, monkeypatch, switched_off):
    monkeypatch.setitem(sys.modules, "pygame", None)
    code, _, _ = dualbrain("train", "CartPole-v1", "--modules", "extrinsic", "-n", "64", "--n-envs", "2", *EVALUATED)
    assert code == 0
    assert {"model.zip", "best_model.zip", "monitor.csv"} <= left(tmp_path)
    assert len(switched_off) == 1
    assert "pygame is not installed" in switched_off[0]
    code, out, _ = dualbrain("watch", "runs", "--episodes", "2")
    assert code == 0
    assert "watch.html" in out
    assert 'id="pictures-' not in next(tmp_path.rglob("watch.html")).read_text()


@pytest.mark.parametrize(("world", "said"), [("Once", "the robot is taken"), ("Quits", "simulator lost")])
def test_a_world_that_cannot_be_evaluated_in_is_trained_in(world, said, worlds, tmp_path, switched_off):
    command = ("train", f"looking/{world}-v0", "--gym-packages", "looking_on", "--pictures", "0", "-n", "64")
    code, _, _ = worlds(*command, *EVALUATED, "--n-envs", "1")
    assert code == 0
    assert "model.zip" in left(tmp_path)
    assert "best_model.zip" not in left(tmp_path)
    assert len(switched_off) == 1
    assert switched_off[0].startswith("evaluation during training switched off, so that there is no evaluation")
    assert said in switched_off[0]


@pytest.mark.parametrize("part", ["MonitorFile._on_step", "Evaluations._keep", "event_logger", "MonitorFile.close"])
def test_files_that_cannot_be_written_do_not_cost_the_model(part, dualbrain, tmp_path, monkeypatch, switched_off):
    def full(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    if part == "event_logger":
        monkeypatch.setattr("dualbrain.tensorboard.outputs.configure", full)
    else:
        cls, method = part.split(".")
        monkeypatch.setattr(getattr(training, cls), method, full)
    code, _, _ = dualbrain("train", "CartPole-v1", "--pictures", "0", "-n", "64", "--n-envs", "2", *EVALUATED)
    assert code == 0
    assert "model.zip" in left(tmp_path)
    assert len(switched_off) == 1
    assert "No space left on device" in switched_off[0]


def test_a_page_is_made_of_a_world_that_cannot_be_drawn(worlds, tmp_path, switched_off):
    train = ("train", "looking/Raises-v0", "--gym-packages", "looking_on", "--pictures", "0", "-n", "64", *QUICK)
    assert worlds(*train)[0] == 0
    for _ in range(2):
        assert worlds("watch", "runs", "--episodes", "2")[0] == 0
    assert len(switched_off) == 2, "pictures are tried again"
    assert "pygame is not installed" in switched_off[0]
    page = next(tmp_path.rglob("watch.html")).read_text()
    assert "looking/Raises-v0" in page
    assert 'id="pictures-' not in page


def test_names_of_actions_are_no_reason_to_fail(worlds, switched_off):
    assert worlds("train", "looking/Wordless-v0", "--gym-packages", "looking_on", "-n", "64", *QUICK)[0] == 0
    assert worlds("watch", "runs", "--episodes", "1")[0] == 0
    assert ["name of an action" in said for said in switched_off] == [True]
