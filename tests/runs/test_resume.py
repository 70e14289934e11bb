"""A run that is killed at any moment goes on as if it had never stopped."""

from __future__ import annotations

import csv
import json
import re
import signal
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from agents import DualBrainPPO
from dualbrain.files.interrupts import Interrupted
from dualbrain.model_file.arrays import read_arrays
from dualbrain.model_file.tensors import read_tensors
from dualbrain.runs.callbacks.interruption import Interruption
from dualbrain.runs.checkpoint.resume import is_complete
from dualbrain.runs.models import find_model, load_model
from dualbrain.runs.run_folder import RunFolder
from dualbrain.worlds.vec_env.visits import Visits
from tests.command_line import Command
from tests.event_files import scalars
from tests.runs.killing import Processes, monitored, said_in

STEERING = """
[modules.hunger]
weight = 5.0
[modules.flinch]
weight = 2.0
[modules.boredom]
[modules.curiosity]
[modules.safety_margin]

[[stages]]
name = "infancy"
until = 600
modules = ["hunger", "flinch"]
[[stages]]
name = "childhood"
until = 1200
defer = { flinch = 0.8 }
[[stages]]
name = "youth"
weights = { boredom = 0.5 }
"""
SMALL = ("-params", "learning_rate:lin_0.001", "n_steps:32", "batch_size:64", "n_epochs:2", "--pictures", "2")
OFTEN = ("--save-every", "0.05")
EVALUATED = ("--eval-freq", "1500")
FRIENDLY = "affection,compassion,shame,approval,boredom"
BRIEFLY = ("--eval-episodes", "2", "--eval-max-steps", "50")
MANY = ("-n", "2560", "--n-envs", "16", *SMALL, "--save-every", "0.05", *BRIEFLY)
NATIVE: dict[str, tuple[str, ...]] = {
    "cave": ("dualbrain/SpiderCave-v0", "--steering", "steering.toml", *MANY),
    "friends": ("dualbrain/Friends-v0", "--modules", FRIENDLY, *MANY, *EVALUATED),
}
NOVELTY = ("--modules", "extrinsic,novelty:0.5")
FOREIGN = {
    "cartpole": ("CartPole-v1", *NOVELTY, "-n", "4096", "--n-envs", "4", *SMALL, *OFTEN),
    "minigrid": ("MiniGrid-Empty-5x5-v0", *NOVELTY, "-n", "2048", "--n-envs", "4", *SMALL, *OFTEN),
}
CARTPOLE = ("CartPole-v1", *NOVELTY, "-n", "640", "--n-envs", "2", "--eval-freq", "0", *SMALL)


def start_in(folder: Path) -> Path:
    """Return a new folder to run commands in."""
    folder.mkdir()
    (folder / "steering.toml").write_text(STEERING)
    return folder


def the_run(folder: Path) -> Path:
    """Return the one run folder below a folder."""
    (found,) = folder.glob("*/ppo/*")
    return found


def contents(model: Path) -> dict[str, Any]:
    """Return what a model file holds, but for times of day, and for where training was."""
    with zipfile.ZipFile(model) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    data = json.loads(members["data"], object_hook=without_times)
    weights = {name: read_tensors(member) for name, member in members.items() if name.endswith(".pth")}
    held: dict[str, Any] = bits({"data": data, "arrays": read_arrays(members["arrays.npz"]), **weights})
    return held


def bits(value: Any) -> Any:
    """Return values with arrays and tensors as what they are made of, to be compared."""
    if isinstance(value, dict):
        return {name: bits(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [bits(entry) for entry in value]
    if isinstance(value, torch.Tensor):
        value = value.numpy()
    return (str(value.dtype), value.shape, value.tobytes()) if isinstance(value, np.ndarray) else value


def without_times(table: dict[str, Any]) -> dict[str, Any]:
    """Leave out what tells the time: of an agent, and of each of its latest episodes."""
    times = ("start_time", "_num_timesteps_at_start", *(("t",) if table.keys() == {"r", "l", "t"} else ()))
    return {name: value for name, value in table.items() if name not in times}


def left_by(folder: Path) -> dict[str, Any]:
    """Return all that a complete run left, but for times."""
    found = the_run(folder)
    evaluations = {}
    if (found / "evaluations.npz").exists():
        with np.load(found / "evaluations.npz") as file:
            evaluations = {name: file[name].tolist() for name in file.files}
    rows = list(csv.reader((found / "monitor.csv").open()))
    logged = {tag: values for tag, values in scalars(found / "tb").items() if not tag.startswith("time/")}
    return {
        "files": sorted(path.name for path in found.iterdir() if not path.name.startswith(".partial")),
        "model": contents(found / "model.zip"),
        "scalars": logged,
        "monitor": [row[:2] for row in rows[1:]],
        "evaluations": evaluations,
    }


def assert_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert one["files"] == other["files"]
    assert one["scalars"].keys() == other["scalars"].keys()
    for tag, values in one["scalars"].items():
        np.testing.assert_array_equal(values, other["scalars"][tag], err_msg=tag)
    assert one["monitor"] == other["monitor"]
    assert one["evaluations"] == other["evaluations"]
    for name, member in one["model"].items():
        assert member == other["model"][name], name


def has_gone_on(said: str) -> bool:
    """Return whether a run went on from a checkpoint, by what it said."""
    return any(int(step.replace(",", "")) > 0 for step in re.findall(r"continues at step ([\d,]+) in", said))


def killed_and_resumed(processes: Processes, tmp_path: Path, argv: tuple[str, ...], kills: int, seed: int) -> list[str]:
    """Kill as many runs at random moments, some of them twice, and let them go on; return what they said."""
    whole = start_in(tmp_path / "whole")
    processes.run(whole, "train", *argv)
    grown = monitored(whole)
    expected, moments, said = left_by(whole), np.random.default_rng(seed), list[str]()
    for k in range(kills):
        folder = start_in(tmp_path / f"killed_{k}")
        processes.kill(folder, moments.uniform(0.0, grown), "train", *argv)
        if k % 3 == 2:
            processes.kill(folder, moments.uniform(0.0, grown), "train", "--resume", "runs")
        if not is_complete(RunFolder(the_run(folder))):
            processes.run(folder, "train", "--resume", "runs")
        assert_same(expected, left_by(folder))
        said.append(said_in(folder))
        assert "cannot be written" not in said[-1]
    return said


@pytest.mark.parametrize(("world", "kills"), [("cave", 3), pytest.param("friends", 2, marks=pytest.mark.slow)])
def test_a_native_run_that_is_killed_goes_on_bit_for_bit(processes: Processes, tmp_path: Path, world: str, kills: int):
    said = killed_and_resumed(processes, tmp_path, NATIVE[world], kills, seed=1)
    assert any(map(has_gone_on, said)), "none had a checkpoint to go on from"


@pytest.mark.slow
@pytest.mark.parametrize("world", NATIVE)
def test_fifty_native_runs_that_are_killed_go_on_bit_for_bit(processes: Processes, tmp_path: Path, world: str):
    said = killed_and_resumed(processes, tmp_path, NATIVE[world], kills=50, seed=2)
    assert sum(map(has_gone_on, said)) > 25, "most had a checkpoint to go on from"


SIGNALS = [
    pytest.param(number, wait, marks=() if (number, wait) == (signal.SIGTERM, None) else pytest.mark.slow)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    for wait in (None, 0.001, 0.01, 0.1)
]


@pytest.mark.parametrize(("number", "wait"), SIGNALS)
def test_a_native_run_that_a_signal_ends_goes_on_bit_for_bit(
    processes: Processes, tmp_path: Path, number: signal.Signals, wait: float | None
):
    """Once, and twice so many seconds apart."""
    whole, folder = start_in(tmp_path / "whole"), start_in(tmp_path / "ended")
    processes.run(whole, "train", *NATIVE["cave"])
    code = processes.kill(folder, 0.5 * monitored(whole), "train", *NATIVE["cave"], by=number, again=wait)
    assert code == 128 + number
    assert load_model(the_run(folder) / "model.zip", "ppo").num_timesteps
    processes.run(folder, "train", "--resume", "runs")
    assert_same(left_by(whole), left_by(folder))


def resumed_as_planned(processes: Processes, tmp_path: Path, argv: tuple[str, ...], kills: int, seed: int) -> None:
    """Kill as many runs at random moments; see that they go on to their own ends by their own schedules."""
    whole = start_in(tmp_path / "whole")
    processes.run(whole, "train", *argv)
    grown = monitored(whole)
    planned, moments = left_by(whole), np.random.default_rng(seed)
    for k in range(kills):
        folder = start_in(tmp_path / f"killed_{k}")
        processes.kill(folder, moments.uniform(0.0, grown), "train", *argv)
        if not is_complete(RunFolder(the_run(folder))):
            processes.run(folder, "train", "--resume", "runs")
        left = left_by(folder)
        for tag in ("train/learning_rate", "train/clip_range"):
            assert left["scalars"][tag] == planned["scalars"][tag]
        for tag, values in left["scalars"].items():
            steps = [step for step, _ in values]
            assert steps == sorted(steps), tag
            if tag.startswith(("train/", "reward/", "world/", "dopamine/")):  # of others there may be nothing to say
                assert steps == [step for step, _ in planned["scalars"][tag]], tag
        assert load_model(the_run(folder) / "model.zip", "ppo").num_timesteps == int(argv[argv.index("-n") + 1])
        times = [float(row[2]) for row in csv.reader((the_run(folder) / "monitor.csv").open()) if row[0][0].isdigit()]
        assert times == sorted(times)


@pytest.mark.slow
@pytest.mark.parametrize("world", FOREIGN)
def test_twenty_foreign_runs_go_on_as_planned(processes: Processes, tmp_path: Path, world: str):
    resumed_as_planned(processes, tmp_path, FOREIGN[world], kills=20, seed=3)


def broken_off(dualbrain: Command, monkeypatch: pytest.MonkeyPatch, step: int, *argv: str) -> Path:
    """Train until a step at which something raises; return the run folder."""
    with monkeypatch.context() as patched:
        patched.setattr(Interruption, "_on_step", lambda self: 1 / (step - self.num_timesteps) ** 2 > 0)
        code, _, err = dualbrain("train", *argv)
    assert (code, "ZeroDivisionError" in err) == (1, True)
    return find_model("runs").parent


def test_fresh_episodes_begin_in_worlds_that_cannot_be_saved(
    dualbrain: Command, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    found = broken_off(dualbrain, monkeypatch, 320, *CARTPOLE, "--save-every", "1e-9")
    assert (found / "error.txt").exists()
    counted, put_back = list[int](), Visits.load_state_dict

    def load(visits: Visits, state: Any) -> None:
        counted.append(state["counts"].sum())
        put_back(visits, state)

    monkeypatch.setattr(Visits, "load_state_dict", load)
    caplog.clear()
    code, out, _ = dualbrain("train", "--resume", "runs")
    assert code == 0
    assert caplog.messages == ["CartPole-v1 cannot be saved: its worlds begin fresh episodes"]
    assert f"continues at step 256 in {found}" in out
    assert counted[0] > 256, "what was met before is remembered"
    assert sorted(path.name for path in found.iterdir() if path.suffix == ".zip") == ["model.zip"]
    assert not (found / "error.txt").exists()
    assert (found / "command.txt").read_text().splitlines()[1] == "dualbrain train --resume runs"
    steps = [step for step, _ in scalars(found / "tb")["train/learning_rate"]]
    assert steps == list(range(128, 641, 64)), "no rollout twice, and none left out"
    code, _, err = dualbrain("train", "--resume", "runs")
    told = "is complete: all of its 640 steps were done; dualbrain train -i runs/ppo/CartPole-v1_1 begins a new one"
    assert (code, told in err) == (2, True)


def test_without_a_checkpoint_it_begins_anew(
    dualbrain: Command, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    assert dualbrain("train", *CARTPOLE, "--save-every", "0", "-f", "whole/runs")[0] == 0
    found = broken_off(dualbrain, monkeypatch, 320, *CARTPOLE, "--save-every", "0")
    assert not (found / "checkpoint.zip").exists()
    caplog.clear()
    assert dualbrain("train", "--resume", str(found))[0] == 0
    assert caplog.messages == [f"{found}: no checkpoint was written yet, so the run starts again"]
    assert_same(left_by(Path("whole")), left_by(Path()))


def test_a_resumed_run_keeps_its_settings(dualbrain: Command, monkeypatch: pytest.MonkeyPatch):
    broken_off(dualbrain, monkeypatch, 320, *CARTPOLE, "--save-every", "1e-9")
    others = {"ENV": ("CartPole-v1",), "--n-timesteps": ("-n", "5"), "--no-assessors": ("--no-assessors",)}
    for flag, stated in others.items():
        code, _, err = dualbrain("train", *stated, "--resume", "runs")
        assert (code, err.count("\n"), f"leave {flag} out" in err) == (2, 1, True)
    assert dualbrain("train", "--resume", "runs", "--time-limit", "0.000001")[0] == 0
    assert (the_run(Path()) / "checkpoint.zip").exists(), "what a limit ended can go on, too"
    assert dualbrain("train", "--resume", "runs", "--no-progress")[0] == 0


def test_an_interruption_of_the_last_training_phase_is_gone_on_with(
    dualbrain: Command, monkeypatch: pytest.MonkeyPatch
):
    assert dualbrain("train", *CARTPOLE, "-f", "whole/runs")[0] == 0
    with monkeypatch.context() as patched:
        trained = DualBrainPPO.train

        def train(agent: DualBrainPPO) -> None:
            if agent.num_timesteps == 640:
                raise Interrupted(signal.SIGTERM)
            trained(agent)

        patched.setattr(DualBrainPPO, "train", train)
        assert dualbrain("train", *CARTPOLE)[0] == 143
    assert not is_complete(RunFolder(the_run(Path())))
    assert dualbrain("train", "--resume", "runs")[0] == 0
    assert_same(left_by(Path("whole")), left_by(Path()))
    assert is_complete(RunFolder(the_run(Path())))
