"""Nothing that a stranger puts into a model file or a run folder runs, is written outside, or takes much memory."""

from __future__ import annotations

import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch

from agents import DualBrainPPO
from dualbrain import UserError
from dualbrain.cli import main
from dualbrain.runs.models import load_model
from tests.model_file.strangers import CANARY, HARMS, Harm, as_stable_baselines3_writes, members_of, pickled, replaced

QUICK = ("--eval-freq", "0", "--n-envs", "1", "-params", "n_steps:16", "batch_size:16", "n_epochs:1", "pictures:0")
GIB = 2**30


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a whole run."""
    root = tmp_path_factory.mktemp("whole")
    assert main(["train", "CartPole-v1", "-n", "16", "-f", str(root), *QUICK]) == 0
    return next(root.glob("ppo/*"))


@contextmanager
def within(most: int) -> Iterator[None]:
    """Let this process have no more than so many bytes beside those that it has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@pytest.fixture
def run(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the run, the only thing below the current folder, whose Python files could be imported."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    copy = Path(shutil.copytree(whole, Path("runs") / "ppo" / whole.name))
    monkeypatch.syspath_prepend(str(copy.resolve()))
    return copy


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if not path.is_dir()}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_it_is_refused_in_one_line(run: Path, harm: Harm, capsys: pytest.CaptureFixture[str]):
    harm(run)
    capsys.readouterr()
    before = files(Path())
    with within(GIB):
        code = main(["eval", str(run), "--episodes", "1"])
    err = capsys.readouterr().err
    assert (code, err.count("\n")) == (2, 1), err
    assert not any(word in err.lower() for word in ("traceback", "memoryerror", "recursion", "allocate")), err
    assert files(Path()) == before
    assert not list(Path().rglob(CANARY))


def test_a_pickle_in_any_attribute_runs_nowhere(run: Path, capsys: pytest.CaptureFixture[str]):
    import json

    model = (run / "model.zip").read_bytes()
    for name in json.loads(members_of(run / "model.zip")["data"]):
        (run / "model.zip").write_bytes(model)
        pickled(name)(run)
        assert main(["eval", str(run), "--episodes", "1"]) == 2, name
        assert capsys.readouterr().err.count("\n") == 1
        assert not Path(CANARY).exists()


def test_a_damaged_file_is_read_as_it_was_or_refused_in_one_line(run: Path):
    """Whatever bits are flipped, and wherever it is cut."""
    whole, rng = (run / "model.zip").read_bytes(), np.random.default_rng(0)
    before = load_model(run / "model.zip", "ppo").policy.state_dict()
    places = [*rng.integers(0, len(whole), 60).tolist(), *range(len(whole) - 30, len(whole))]
    damaged = [whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :] for place in places]
    said = []
    for data in [*damaged, *(whole[:place] for place in places)]:
        (run / "model.zip").write_bytes(data)
        try:
            after = load_model(run / "model.zip", "ppo").policy.state_dict()
        except UserError as error:
            said.append(str(error))
        else:
            assert all(torch.equal(before[name], after[name]) for name in before)
    assert len(said) >= len(places) + 40
    assert not [line for line in said if "\n" in line]


def test_a_log_folder_of_a_strangers_is_forgotten(run: Path, caplog: pytest.LogCaptureFixture):
    replaced(tensorboard_log="/somewhere/else")(run)
    assert DualBrainPPO.load(run / "model.zip").tensorboard_log is None
    assert "give tensorboard_log to load" in caplog.text
    assert DualBrainPPO.load(run / "model.zip", tensorboard_log="/mine").tensorboard_log == "/mine"
    replaced(tensorboard_log="logs")(run)
    assert DualBrainPPO.load(run / "model.zip").tensorboard_log == "logs"


def test_the_canary_sings(run: Path):
    """What the tests above look for does happen where a user trusts a stranger."""
    as_stable_baselines3_writes(run)
    main(["eval", str(run), "--episodes", "1", "--trust"])
    assert Path(CANARY).exists()


@pytest.mark.parametrize("command", [["watch"], ["export"], ["train", "-n", "16", *QUICK, "-i"]])
def test_every_command_refuses(run: Path, command: list[str], capsys: pytest.CaptureFixture[str]):
    as_stable_baselines3_writes(run)
    assert main([*command, str(run)]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "--trust" in err
    assert not Path(CANARY).exists()


def test_nothing_is_written_through_links(
    run: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "watch.html").write_text("mine")
    (run / "export").symlink_to(outside)
    (run / "watch.html").symlink_to(outside / "watch.html")
    assert main(["export", str(run), "--episodes", "1"]) == 2
    assert "is a link that leads out of the run folder" in capsys.readouterr().err
    assert main(["watch", str(run), "--episodes", "1"]) == 2
    assert "is a link that leads out of the run folder" in capsys.readouterr().err
    (outside / "episodes.npz").write_text("mine")
    (run / "episodes.npz").unlink(missing_ok=True)
    (run / "episodes.npz").symlink_to(outside / "episodes.npz")
    (run / "watch.html").unlink()
    assert main(["watch", str(run), "--episodes", "1"]) == 0
    assert (outside / "episodes.npz").read_text() == "mine"
    assert (outside / "watch.html").read_text() == "mine"
    assert files(outside) == {outside / "watch.html", outside / "episodes.npz"}
