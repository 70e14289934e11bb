"""Whatever has become of a run's files, every command that reads them says so in one line, and exits with 2."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from dualbrain.cli import main
from tests.command_line import QUICK, Command

Harm = Callable[[Path], object]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a whole run."""
    root = tmp_path_factory.mktemp("whole")
    assert main(["train", "CartPole-v1", "-n", "32", "-f", str(root), *QUICK]) == 0
    return next(root.glob("ppo/*"))


def config(text: str, instead_of: str = "") -> Harm:
    """Return what changes the configuration: a part of it, or all."""

    def harm(run: Path) -> None:
        file = run / "config.toml"
        before = file.read_text(encoding="utf-8")
        assert instead_of in before
        file.write_text(before.replace(instead_of, text) if instead_of else text, encoding="utf-8")

    return harm


def cut(run: Path) -> None:
    file = run / "model.zip"
    file.write_bytes(file.read_bytes()[:-500])


def flipped(run: Path) -> None:
    file = run / "model.zip"
    data = file.read_bytes()
    file.write_bytes(data[:3000] + b"????" + data[3004:])


def repacked(change: Callable[[str, bytes], bytes | None]) -> Harm:
    """Return what changes the parts of a model, or leaves one out where the change is None."""

    def harm(run: Path) -> None:
        file = run / "model.zip"
        with zipfile.ZipFile(file) as archive:
            parts = {name: change(name, archive.read(name)) for name in archive.namelist()}
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in parts.items():
                if data is not None:
                    archive.writestr(name, data)

    return harm


HARMS: dict[str, tuple[Harm, str]] = {
    "configuration binary": (lambda run: (run / "config.toml").write_bytes(b"\x00\xff" * 99), "cannot read"),
    "configuration nested": (config("a = " + "[" * 5000), "nested too deep"),
    "modules a list": (config("[[modules.extrinsic]]", "[modules.extrinsic]"), "must be a table"),
    "another algorithm": (config('algo = "gone"', 'algo = "ppo"'), "unknown agent 'gone'"),
    "another world": (config('env = "Gone-v1"', 'env = "CartPole-v1"'), "unknown environment 'Gone-v1'"),
    "a date": (config("seed = 1979-05-27", "seed = 0"), "'seed' must be a whole number"),
    "no model": (lambda run: (run / "model.zip").unlink(), "there is no model file"),
    "model cut": (cut, "is not a saved model"),
    "model flipped": (flipped, "is not a saved model"),
    "model empty": (lambda run: (run / "model.zip").write_bytes(b""), "is not a saved model"),
    "model without policy": (
        repacked(lambda name, data: None if name == "policy.pth" else data),
        "is not a saved model",
    ),
    "model without data": (repacked(lambda name, data: b"{}" if name == "data" else data), "is not a saved model"),
    "policy cut": (repacked(lambda name, data: data[:99] if name == "policy.pth" else data), "is not a saved model"),
}


@pytest.mark.parametrize(("harm", "says"), HARMS.values(), ids=HARMS)
def test_a_damaged_run(dualbrain: Command, whole: Path, harm: Harm, says: str):
    run = Path("runs") / "ppo" / whole.name
    shutil.copytree(whole, run)
    harm(run)
    for command in (["eval", "runs"], ["export", "runs"], ["watch", "runs"], ["train", "-i", "runs", *QUICK]):
        code, _, err = dualbrain(*command)
        assert code == 2, command
        assert err.count("\n") == 1, command
        assert says in err, command


@pytest.mark.parametrize(
    ("name", "command", "says"),
    [
        ("episodes.npz", "export", "cannot use runs/ppo/CartPole-v1_1/episodes.npz: Is a directory"),
        ("watch.html", "watch", "watch.html: Is a directory"),
        ("export/steps.csv", "export", "steps.csv: Is a directory"),
    ],
)
def test_a_folder_in_the_place_of_a_file(dualbrain: Command, whole: Path, name: str, command: str, says: str):
    run = Path("runs") / "ppo" / whole.name
    shutil.copytree(whole, run)
    (run / name).mkdir(parents=True)
    code, _, err = dualbrain(command, "runs", "--episodes", "1")
    assert code == 2
    assert says in err
    assert err.count("\n") == 1


def test_a_brain_whose_drive_is_elsewhere(dualbrain: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    import sys

    drive = "from reward_modules import Extrinsic\nclass Comfort(Extrinsic): ...\n"
    Path("own_comfort.py").write_text(drive, encoding="utf-8")
    assert dualbrain("train", "CartPole-v1", "--modules", "own_comfort:Comfort", "-n", "32", *QUICK)[0] == 0
    monkeypatch.delitem(sys.modules, "own_comfort")
    Path("own_comfort.py").unlink()
    code, _, err = dualbrain("eval", "runs", "--episodes", "1")
    assert code == 2
    assert "was trained with the module 'own_comfort', which is not found" in err
    assert err.count("\n") == 1
