"""What a stranger writes into a checkpoint is refused in one line: no code runs, and no kernel leaves its memory."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dualbrain.cli import main
from dualbrain.model_file.arrays import read_arrays, write_arrays
from dualbrain.runs.callbacks.interruption import Interruption
from tests.model_file.strangers import CANARY, EVIL, Members, members_of
from tests.model_file.test_strangers import GIB, files, within

TRAIN = ("train", "dualbrain/SpiderCave-v0", "--modules", "hunger,boredom,withdraw", "-n", "512", "--n-envs", "8")
FEW = ("--eval-freq", "64", "--eval-episodes", "1", "--eval-max-steps", "4", "--save-every", "1e-9", "--pictures", "0")
SMALL = ("-params", "n_steps:16", "batch_size:64", "n_epochs:1")
Training = dict[str, Any]
Arrays = dict[str, np.ndarray[Any, Any]]


@pytest.fixture(scope="module")
def broken_off(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run that was broken off at step 256."""
    root = tmp_path_factory.mktemp("broken_off")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Interruption, "_on_step", lambda self: 1 / (self.num_timesteps - 256) != 0)
        assert main([*TRAIN, *FEW, *SMALL, "-f", str(root)]) == 1
    return next(root.glob("ppo/*"))


@pytest.fixture
def run(broken_off: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return Path(shutil.copytree(broken_off, Path("runs") / "ppo" / broken_off.name))


def changed(run: Path, change: Callable[[Training, Arrays], object]) -> None:
    """Change where training is, in a checkpoint."""
    from dualbrain.model_file.archive import write_archive

    members: Members = members_of(run / "checkpoint.zip")
    training, arrays = json.loads(members["training.json"]), read_arrays(members["training.npz"])
    change(training, arrays)
    members |= {"training.json": json.dumps(training).encode(), "training.npz": write_arrays(arrays)}
    with (run / "checkpoint.zip").open("wb") as file:
        write_archive(file, members, "0")


def worlds(training: Training, arrays: Arrays, name: str) -> np.ndarray[Any, Any]:
    return arrays[training["env"]["worlds"][name][":array"]]


def put(*path: str, value: Any) -> Callable[[Training, Arrays], object]:
    """Return what puts a value in the place of another."""

    def change(training: Training, _: Arrays) -> None:
        *above, last = path
        for name in above:
            training = training[name]
        training[last] = value

    return change


def all_arrays(value: float) -> Callable[[Training, Arrays], object]:
    """Return what fills all arrays of numbers."""

    def change(_: Training, arrays: Arrays) -> None:
        for array in arrays.values():
            if array.dtype.kind in "iu" and array.size:
                array[:] = np.iinfo(array.dtype).max if value > 0 else np.iinfo(array.dtype).min

    return change


HARMS = {
    "code": put("env", value={":function": f"{CANARY}:harm"}),
    "a class": put("log", value={":class": "os:system"}),
    "no random streams": put("random", value=None),
    "python's stream": put("random", "python", value={":tuple": [3, {":tuple": [1, 2]}, None]}),
    "numpy's stream": put("random", "numpy", "state", "pos", value=2**40),
    "torch's stream": put("random", "torch", value=[1, 2, 3]),
    "no worlds": put("env", "worlds", value={}),
    "other worlds": put("env", "worlds", value=5),
    "a reflex": put("env", "reflex", value=[99] * 8),
    "callbacks": put("callbacks", value=[1]),
    "episodes": put("callbacks", "BrainCallback", "ScalarsObserver", value={"whole": 1}),
    "rollouts": put("callbacks", "BrainCallback", "PicturesObserver", "rollouts", value="many"),
    "history": put("callbacks", "Evaluations", "history", value={"timesteps": 1}),
    "scalars": put("log", value={"train/loss": ["x", 1, None]}),
    "no files": put("files", value=7),
    "lengths": put("files", "monitor.csv", value="long"),
    "largest indices": all_arrays(1),
    "smallest indices": all_arrays(-1),
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_it_is_refused_in_one_line(run: Path, harm: Any, capsys: pytest.CaptureFixture[str]):
    changed(run, harm)
    Path(f"{CANARY}.py").write_text(f"def harm(): ...\n{EVIL}")
    before, kept = files(Path()), (run / "model.zip").read_bytes()
    capsys.readouterr()
    with within(GIB):
        code = main(["train", "--resume", str(run), "--no-progress"])
    err = capsys.readouterr().err
    assert (code, err.count("\n")) == (2, 1), err
    assert "checkpoint" in err
    assert files(Path()) - before <= set(run.glob("tb/*")), "what was left is still there"
    assert not Path(CANARY).exists()
    assert (run / "model.zip").read_bytes() == kept


def test_an_honest_one_goes_on(run: Path):
    assert main(["train", "--resume", str(run)]) == 0


@pytest.mark.parametrize("name", ["monitor.csv", "tb"])
def test_what_leads_out_of_the_folder_is_not_cut(
    run: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
):
    victim = tmp_path / "victim"
    if name == "tb":
        shutil.move(run / name, victim)
    else:
        victim.write_text("x" * 10_000)
        (run / name).unlink()
    (run / name).symlink_to(victim)
    before = {path: path.stat().st_size for path in files(victim) | {victim}}
    capsys.readouterr()
    assert main(["train", "--resume", str(run)]) == 2
    assert "is a link that leads out of the run folder" in capsys.readouterr().err
    assert {path: path.stat().st_size for path in before} == before
