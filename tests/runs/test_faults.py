"""Whatever ends a run, what it has learned is kept, and so is what ended it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from stable_baselines3.common.callbacks import BaseCallback

from dualbrain.cli.terminal.asking import folders_asked_for
from dualbrain.files import interrupts
from dualbrain.runs import train as training
from dualbrain.runs.models import load_model
from tests.command_line import Command
from tests.hearing import hearing

RUN = Path("runs/ppo/Faulty-v0_1")
PARAMS = ("-params", "n_steps:32", "batch_size:16", "n_epochs:2", "learning_rate:0.01", "--eval-freq", "0")
WORLD = ("Faulty-v0", "--gym-packages", "tests.sample_worlds.faulty")
TRAIN = ("train", *WORLD, "--n-envs", "1", "--pictures", "0", *PARAMS)
PHASES = 64
"""Steps of the two training phases that are complete when it happens, at step 75."""


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Let signals be heard, also where the tests themselves ignore them."""
    with hearing():
        yield


def happens(dualbrain: Command, what: str, *flags: str) -> tuple[int, str, str]:
    return dualbrain(*TRAIN, "--env-kwargs", f"what:'{what}'", "-n", "128", *flags)


def parameters(model: Path) -> dict[str, torch.Tensor]:
    state: dict[str, torch.Tensor] = load_model(model, "ppo", device="cpu").policy.state_dict()
    return state


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


@pytest.fixture(scope="module")
def two_phases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, torch.Tensor]:
    """Return the parameters after two training phases in which nothing happened."""
    from dualbrain.cli import main

    root = tmp_path_factory.mktemp("two")
    assert main([*TRAIN, "-n", str(PHASES), "-f", str(root)]) == 0
    return parameters(root / "ppo/Faulty-v0_1/model.zip")


def whole(run: Path = RUN) -> set[str]:
    """Return the names of what a run left; nothing of it may be half-written."""
    names = {path.name for path in run.iterdir()}
    assert not [name for name in names if name.startswith(".partial")]
    return names


def test_a_world_that_breaks_leaves_the_brain_of_the_last_phase(dualbrain: Command, two_phases):
    code, _, err = happens(dualbrain, "breaks")
    assert code == 1
    first = err.splitlines()[0]
    assert first.startswith("dualbrain: error: your own code raised RuntimeError: simulator lost its connection (")
    assert f"; the model of step 74 is saved in {RUN}/model.zip; this is where:" in first
    assert {"config.toml", "command.txt", "monitor.csv", "tb", "error.txt", "model.zip"} <= whole()
    assert same(parameters(RUN / "model.zip"), two_phases)
    told = (RUN / "error.txt").read_text()
    assert told.startswith("step 74: RuntimeError: simulator lost its connection")
    assert "faulty.py" in told
    assert "Traceback (most recent call last)" in told


def test_a_world_that_exits_is_one_that_breaks(dualbrain: Command, two_phases):
    with pytest.raises(SystemExit, match="7"):
        happens(dualbrain, "exits")
    assert same(parameters(RUN / "model.zip"), two_phases)
    assert "SystemExit: 7" in (RUN / "error.txt").read_text()


DRIVE = """
from dataclasses import dataclass
import numpy as np
from dualbrain import RewardModule, Signal

@dataclass
class Bitter(RewardModule):
    most: float = 1.0
    emits = (Signal("bitter"),)

    def bind(self, n):
        self.steps = 0

    def truth(self, extrinsic_reward):
        self.steps += 1
        return {"bitter": np.where(self.steps < 75, 0.0 * extrinsic_reward, 2.0)}
"""


def test_a_drive_out_of_its_range_leaves_the_brain(dualbrain: Command):
    Path("bitter_drive.py").write_text(DRIVE)
    sys.modules.pop("bitter_drive", None)
    code, _, err = dualbrain(*TRAIN, "--modules", "extrinsic,bitter_drive:Bitter", "-n", "128")
    assert code == 2
    assert err.count("\n") == 1
    assert "bitter" in err
    assert f"; the model of step 74 is saved in {RUN}/model.zip" in err
    assert {"model.zip", "error.txt"} <= whole()


class Breaking(BaseCallback):
    """Raises at step 75."""

    def _on_step(self) -> bool:
        if self.num_timesteps == 75:
            raise ZeroDivisionError("in a callback")
        return True


def test_a_callback_that_breaks_leaves_the_brain(dualbrain: Command, two_phases, monkeypatch: pytest.MonkeyPatch):
    usual = training._callbacks
    monkeypatch.setattr(training, "_callbacks", lambda *given: [*usual(*given), Breaking()])
    code, _, err = happens(dualbrain, "nothing")
    assert code == 1
    assert "ZeroDivisionError: in a callback" in err.splitlines()[0]
    assert same(parameters(RUN / "model.zip"), two_phases)


def test_what_fails_before_its_first_step_leaves_nothing(dualbrain: Command):
    assert happens(dualbrain, "breaks", "--env-kwargs", "at:1")[0] == 1
    assert not Path("runs").exists()


def test_what_fails_before_it_has_learned_leaves_what_ended_it(dualbrain: Command):
    assert happens(dualbrain, "breaks", "--env-kwargs", "at:20")[0] == 1
    assert "error.txt" in whole()
    assert "model.zip" not in whole()


SIGNALLED = {"terminated": 143, "hung_up": 129, "interrupted_twice": 130, "swallows": 143}


@pytest.mark.parametrize(("what", "code"), SIGNALLED.items(), ids=SIGNALLED)
def test_a_signal_ends_training_and_saves_the_model(dualbrain: Command, two_phases, what: str, code: int):
    before = [signal.getsignal(number) for number in interrupts.SIGNALS]
    left, _, err = happens(dualbrain, what)
    goes_on = f"dualbrain train --resume {RUN} goes on"
    assert (left, err) == (code, f"dualbrain: interrupted; the model is saved in {RUN}/model.zip; {goes_on}\n")
    assert same(parameters(RUN / "model.zip"), two_phases)
    assert "error.txt" not in whole()
    assert [signal.getsignal(number) for number in interrupts.SIGNALS] == before


def test_a_signal_before_the_first_step_leaves_nothing(dualbrain: Command):
    assert happens(dualbrain, "terminated", "--env-kwargs", "at:1")[::2] == (143, "dualbrain: interrupted\n")
    assert not Path("runs").exists()


def test_a_signal_while_the_model_is_saved_waits_for_it(dualbrain: Command, monkeypatch: pytest.MonkeyPatch):
    from agents import DualBrainPPO

    save, saved = DualBrainPPO.save, list[bool]()

    def signalled(self: DualBrainPPO, *args: Any, **kept: Any) -> None:
        for _ in range(2):
            signal.raise_signal(signal.SIGTERM)
        save(self, *args, **kept)
        saved.append(True)

    monkeypatch.setattr(DualBrainPPO, "save", signalled)
    assert happens(dualbrain, "nothing")[0] == 143
    assert saved
    assert parameters(RUN / "model.zip")


def test_signals_are_heard_once_and_handlers_put_back():
    before = signal.getsignal(signal.SIGTERM)
    with interrupts.raising_interrupts():
        with pytest.raises(interrupts.Interrupted) as raised:
            signal.raise_signal(signal.SIGTERM)
        assert interrupts.number_of(raised.value) == signal.SIGTERM
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            interrupts.raise_swallowed_interrupt()
    assert signal.getsignal(signal.SIGTERM) is before
    interrupts.raise_swallowed_interrupt()


def test_what_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interrupts.raising_interrupts():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_pygame_keeps_no_signal_from_a_process(tmp_path: Path):
    pytest.importorskip("pygame")
    program = (
        "import os, signal; from dualbrain.cli import main; main(['list', 'agents'])\n"
        "import pygame; pygame.display.init()\n"
        "os.kill(os.getpid(), signal.SIGTERM); pygame.event.pump()"
    )
    silent = {**os.environ, "SDL_VIDEODRIVER": "dummy"}
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=silent, capture_output=True, check=False)
    assert done.returncode == -signal.SIGTERM


@pytest.fixture
def elsewhere(dualbrain: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where models go that cannot be written into their folder."""
    place = tmp_path / "elsewhere"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def test_a_run_whose_folder_is_gone_saves_its_model_elsewhere(dualbrain: Command, elsewhere: Path, switched_off):
    code, _, err = happens(dualbrain, "loses_its_files", "--save-every", "1e-9")
    (model,) = elsewhere.glob("dualbrain-*/model.zip")
    assert code == 1
    assert f"dualbrain: error: the model of step 128 cannot be written in {RUN} (No such file or directory)" in err
    assert f"it is saved in {model}" in err
    assert parameters(model)


def test_a_model_that_can_be_written_nowhere_is_said(dualbrain: Command, monkeypatch: pytest.MonkeyPatch):
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    code, _, err = happens(dualbrain, "nothing")
    assert code == 1
    assert err.splitlines()[-1].endswith("(No space left on device), nor anywhere else; no earlier one was kept")
    assert "model.zip" not in whole()


class Typed(io.StringIO):
    """A terminal at which lines are typed."""

    def isatty(self) -> bool:
        return True


def test_the_person_at_the_terminal_is_asked_for_room(
    dualbrain: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    usual, room, asked = Path.write_bytes, tmp_path / "room", Typed()
    room.mkdir()

    def full(path: Path, data: bytes) -> int:
        if room not in path.parents:
            raise OSError(28, "No space left on device")
        return usual(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr(sys, "stdin", Typed(f"{tmp_path / 'absent'}\n{room}\n"))
    monkeypatch.setattr(sys, "stderr", asked)
    assert happens(dualbrain, "nothing")[0] == 1
    (model,) = room.glob("dualbrain-*/model.zip")
    assert asked.getvalue().count("in which folder is room for it?") == 2
    assert f"(No space left on device): it is saved in {model}" in asked.getvalue()
    assert parameters(model)


def test_nothing_is_asked_where_nothing_is_typed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("elsewhere\n"))
    assert not list(folders_asked_for())
    for stream in ("stdin", "stderr"):
        monkeypatch.setattr(sys, stream, Typed())
    assert not list(folders_asked_for())


def test_a_checkpoint_that_cannot_be_written_leaves_the_one_before(
    dualbrain: Command, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    usual, written = Path.write_bytes, list[Path]()

    def filling(path: Path, data: bytes) -> int:
        if path.parent.name == RUN.name and written:
            raise OSError(28, "No space left on device")
        written.append(path)
        return usual(path, data)

    monkeypatch.setattr(Path, "write_bytes", filling)
    code, _, _ = happens(dualbrain, "nothing", "--save-every", "1e-9")
    assert code == 1
    (said,) = [message for message in caplog.messages if "cannot be written" in message]
    assert said.startswith(
        f"step 64: model.zip cannot be written in {RUN} (OSError: [Errno 28] No space left on device"
    )
    assert said.endswith("the one before it stays, and training goes on")
    assert load_model(RUN / "model.zip", "ppo").num_timesteps == 32
    (rescued,) = elsewhere.glob("dualbrain-*/model.zip")
    assert load_model(rescued, "ppo").num_timesteps == 128
    assert (rescued.parent / "config.toml").read_text() == (RUN / "config.toml").read_text()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Any]:
    """Return what mounts a file system of so many kilobytes."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(size: int) -> Path:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", place], capture_output=True, check=False
        )
        if done.returncode:
            pytest.skip("file systems cannot be mounted here")
        return place

    yield mount
    subprocess.run(["umount", place], capture_output=True, check=False)


@pytest.mark.parametrize("size", [300, *(pytest.param(size, marks=pytest.mark.slow) for size in (64, 600))])
def test_a_full_disk_costs_no_brain(
    dualbrain: Command, elsewhere: Path, small_disk: Any, size: int, switched_off, caplog
):
    disk = small_disk(size)
    code, _, _ = happens(dualbrain, "nothing", "--save-every", "1e-9", "-f", str(disk), "-n", "1024")
    run = disk / "ppo/Faulty-v0_1"
    models = [*run.glob("model.zip"), *elsewhere.glob("dualbrain-*/model.zip")]
    assert code == (0 if not list(elsewhere.iterdir()) else 1)
    assert {load_model(model, "ppo").num_timesteps for model in models} >= {1024}
    assert len(switched_off) == len(set(switched_off))
    assert sum("cannot be written" in message for message in caplog.messages) <= 1
    whole(run)


def test_a_folder_made_read_only_costs_no_brain(dualbrain: Command, elsewhere: Path, small_disk: Any, switched_off):
    small_disk(64)  # or file systems cannot be mounted here
    try:
        code, _, err = happens(dualbrain, "is_made_read_only", "--save-every", "1e-9")
    finally:
        subprocess.run(["umount", RUN], capture_output=True, check=False)
    (model,) = elsewhere.glob("dualbrain-*/model.zip")
    assert code == 1
    assert f"cannot be written in {RUN} (Read-only file system): it is saved in {model}" in err
    assert load_model(model, "ppo").num_timesteps == 128
    assert load_model(RUN / "model.zip", "ppo").num_timesteps == PHASES
    assert {"config.toml", "monitor.csv", "tb"} <= whole()


def test_a_closed_pipe_ends_nothing(dualbrain: Command, monkeypatch: pytest.MonkeyPatch):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        assert happens(dualbrain, "nothing")[0] == 0
        monkeypatch.undo()
