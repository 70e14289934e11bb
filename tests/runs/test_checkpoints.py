"""A run always has a model that is nearly as new as what it trains, and which costs it nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dualbrain.files.interrupts import SIGNALS
from dualbrain.runs.callbacks import checkpoints
from dualbrain.runs.callbacks.checkpoints import Checkpoints
from dualbrain.runs.models import find_model, load_model
from dualbrain.runs.run_folder import RunFolder
from tests.command_line import QUICK, Command
from tests.event_files import scalars
from tests.hearing import hearing
from tests.runs.killing import Processes
from tests.runs.test_faults import same

TRAIN = ("train", "CartPole-v1", "--modules", "extrinsic,novelty:0.5", *QUICK)


NATIVE = ("train", "dualbrain/SpiderCave-v0", "--modules", "hunger:5,flinch,boredom", *QUICK, "--n-envs", "8")


@pytest.mark.parametrize("command", [TRAIN, NATIVE], ids=["foreign", "native"])
def test_training_with_checkpoints_is_training_without(dualbrain: Command, command: tuple[str, ...]):
    runs = []
    for seconds in ("0", "1e-9"):
        assert dualbrain(*command, "-n", "512", "--pictures", "0", "--save-every", seconds)[0] == 0
        runs.append(find_model("runs").parent)
    states = [load_model(run / "model.zip", "ppo").get_parameters() for run in runs]
    assert states[0].keys() == states[1].keys() >= {"policy", "policy.optimizer", "policy.assessor_optimizer"}
    assert same(*(state["policy"] for state in states))
    for name in states[0].keys() - {"policy"}:
        one, other = (state[name]["state"] for state in states)
        assert all(same(one[key], other[key]) for key in one)
    without, beside = (scalars(run / "tb") for run in runs)
    assert {tag: value for tag, value in without.items() if not tag.startswith("time/")} == {
        tag: value for tag, value in beside.items() if not tag.startswith("time/")
    }


def saved_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seconds: float, rollouts: list[float]) -> list[float]:
    """Return when checkpoints are written in a run whose rollouts, training included, take so many seconds."""
    now, saved = 0.0, list[float]()
    monkeypatch.setattr(checkpoints, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr(checkpoints, "save_checkpoint", lambda *_: saved.append(now))
    callback = Checkpoints(RunFolder(tmp_path), seconds)
    model: Any = SimpleNamespace(num_timesteps=0, _n_updates=0, get_env=lambda: None)
    callback.init_callback(model)
    callback.on_training_start({"callback": callback}, {})
    for lasts in rollouts:
        callback.on_rollout_start()
        now, model.num_timesteps, model._n_updates = now + lasts, model.num_timesteps + 1, model._n_updates + 1
    return saved


def test_short_rollouts_are_saved_after_as_long_as_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    assert saved_at(monkeypatch, tmp_path, 60.0, [1.0] * 200) == [60.0, 120.0, 180.0]


def test_no_model_is_older_than_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    assert saved_at(monkeypatch, tmp_path, 60.0, [40.0] * 5) == [40.0, 80.0, 120.0, 160.0]
    assert saved_at(monkeypatch, tmp_path, 60.0, [100.0] * 3) == [100.0, 200.0]


def wait_for(happened: Callable[[], bool], is_over: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not happened():
        assert not is_over()
        assert time.monotonic() < limit
        time.sleep(0.02)


@pytest.fixture
def fresh_process(tmp_path: Path) -> Iterator[Any]:
    """Return what starts a real process in ``tmp_path``, which ends with the test."""
    started = list[subprocess.Popen[str]]()

    def start(command: list[str]) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        with hearing():
            started.append(subprocess.Popen(command, cwd=tmp_path, stderr=pipe, stdout=pipe, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def training(processes: Processes, tmp_path: Path) -> Any:
    """Return what starts training without end, and waits until it has written its model for the first time."""

    def start(*flags: str) -> tuple[int, Path]:
        pid = processes.start(tmp_path, *TRAIN, "-n", "100000000", "--pictures", "0", *flags)
        model = tmp_path / "runs/ppo/CartPole-v1_1/model.zip"
        wait_for(model.exists, partial(processes.is_over, 0.0))
        return pid, model

    return start


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_signals_are_heard_where_tests_ignore_them(fresh_process: Any, number: signal.Signals):
    before = signal.signal(number, signal.SIG_IGN)
    try:
        run = fresh_process([sys.executable, "-c", f"import os, signal; os.kill(os.getpid(), {number:d})"])
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)
    run.communicate(timeout=60)
    assert run.returncode == -number


def test_a_killed_run_leaves_a_model_that_is_used(
    training: Any, processes: Processes, dualbrain: Command, tmp_path: Path
):
    _, model = training("--save-every", "0.05")
    assert dualbrain("eval", "runs", "--episodes", "1")[0] == 0, "while it trains"
    first = model.stat().st_mtime_ns
    wait_for(lambda: model.stat().st_mtime_ns > first, partial(processes.is_over, 0.0))
    processes.stop()
    assert find_model(tmp_path / "runs") == model
    assert load_model(model, "ppo").num_timesteps > 32
    assert dualbrain("eval", "runs", "--episodes", "1")[0] == 0
    assert dualbrain("train", "-i", "runs", "-n", "32")[0] == 0


def moments() -> Iterator[Any]:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        for wait in (None, 0.001, 0.01, 0.1):
            quick = (number, wait) == (signal.SIGTERM, 0.01)
            yield pytest.param(number, wait, marks=() if quick else pytest.mark.slow, id=f"{number.name}-{wait}")


@pytest.mark.parametrize(("number", "wait"), [*moments()])
def test_signals_of_others_save_the_model(
    training: Any, processes: Processes, tmp_path: Path, number: signal.Signals, wait: float | None
):
    """Once, and twice so many seconds apart."""
    pid, model = training("--save-every", "0.5")
    first = model.stat().st_mtime_ns
    os.kill(pid, number)
    if wait is not None:
        time.sleep(wait)
        os.kill(pid, number)
    assert processes.is_over(60)
    code, err = processes.ended(), (tmp_path / "errors.txt").read_text()
    assert code == 128 + number, err
    goes_on = "dualbrain train --resume runs/ppo/CartPole-v1_1 goes on"
    assert err == f"dualbrain: interrupted; the model is saved in runs/ppo/CartPole-v1_1/model.zip; {goes_on}\n"
    assert model.stat().st_mtime_ns > first
    assert load_model(model, "ppo")
    assert not list(model.parent.glob(".partial*"))


@pytest.mark.slow
def test_no_moment_of_a_kill_leaves_half_a_model(training: Any, processes: Processes):
    """Written without a pause, and killed at whatever moment."""
    for extra in range(10):
        _, model = training("--save-every", "1e-9")
        time.sleep(0.05 + 0.037 * extra)
        processes.stop()
        assert load_model(model, "ppo").num_timesteps
        for file in model.parent.parent.iterdir():
            if file.name.startswith("CartPole"):
                file.rename(file.with_name(f"kept{extra}"))


def descendants(pid: int) -> list[int]:
    """Return the ids of the processes that a process started, and of those that these started."""
    children = [*map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    return [*children, *(each for child in children for each in descendants(child))]


@pytest.mark.slow
def test_a_signal_ends_the_processes_of_a_comparison(fresh_process: Any, tmp_path: Path):
    conditions = ("--condition", "a=extrinsic", "--condition", "b=novelty", "--jobs", "2", "--seeds", "1")
    options = ("-n", "100000000", "--n-envs", "1", "-f", "compared")
    run = fresh_process([sys.executable, "-m", "dualbrain", "compare", "CartPole-v1", *conditions, *options])
    half_made = partial(tmp_path.glob, "compared/.partial-*/ppo/*/monitor.csv")
    wait_for(lambda: len(list(half_made())) == 2, lambda: run.poll() is not None)
    processes = descendants(run.pid)
    assert len(processes) >= 2
    run.send_signal(signal.SIGTERM)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 143
    assert err.endswith("dualbrain: interrupted\n")
    limit = time.monotonic() + 20
    while any(Path(f"/proc/{process}").exists() for process in processes):
        assert time.monotonic() < limit
        time.sleep(0.05)
