"""What ``dualbrain train`` leaves behind, and that it can be gone on from, rerun and interrupted."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from dualbrain.cli import main
from dualbrain.runs.models import load_model
from dualbrain.structured.tables import read_toml
from tests.command_line import QUICK, Command
from tests.hearing import hearing

DOORKEY = "MiniGrid-DoorKey-5x5-v0"
TRAIN = ("train", "CartPole-v1", "--modules", "extrinsic,novelty:0.5", *QUICK)


def parameters(model: Path) -> dict[str, torch.Tensor]:
    from agents import DualBrainPPO

    state: dict[str, torch.Tensor] = DualBrainPPO.load(model).policy.state_dict()
    return state


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train once; return the folder of runs."""
    folder, out = tmp_path_factory.mktemp("made"), io.StringIO()
    command = [*TRAIN, "-n", "128", "--seed", "3", "--eval-freq", "64", "--eval-episodes", "2"]
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out):
        patch.chdir(folder)
        assert main(command) == 0
    assert "dualbrain board" in out.getvalue()
    return folder / "runs"


@pytest.fixture
def first(made: Path, dualbrain: Command) -> Path:
    """A copy of that run, to be gone on from."""
    return Path(shutil.copytree(made, "runs")) / "ppo" / "CartPole-v1_1"


def test_the_run_folder_is_whole(first: Path):
    models, texts = {"model.zip", "best_model.zip"}, {"config.toml", "command.txt", "versions.txt"}
    assert {path.name for path in first.iterdir()} == {*models, *texts, "evaluations.npz", "monitor.csv", "tb"}
    assert list((first / "tb").glob("events.out.tfevents.*"))
    assert (first / "command.txt").read_text().startswith("dualbrain train CartPole-v1 --modules extrinsic,novelty:0.5")
    assert re.search(r"^torch \d", (first / "versions.txt").read_text(), re.MULTILINE)


def test_monitor_and_evaluations_are_those_of_stable_baselines3(first: Path):
    header, *rows = (first / "monitor.csv").read_text().splitlines()
    assert json.loads(header[1:])["env_id"] == "CartPole-v1"
    episodes = list(csv.DictReader(rows))
    assert all(float(episode["r"]) == int(episode["l"]) for episode in episodes)
    with np.load(first / "evaluations.npz") as kept:
        assert kept["timesteps"].tolist() == [64, 128]
        assert kept["results"].shape == kept["ep_lengths"].shape == (2, 2)


def test_the_configuration_is_complete(first: Path):
    config = read_toml(first / "config.toml")
    assert config["modules"]["novelty"]["weight"] == 0.5
    assert config["modules"]["novelty"]["params"].keys() == {"bonus"}
    assert {"gamma", "gae_lambda", "vf_coef", "max_grad_norm"} <= config["hyperparams"].keys()


def test_its_configuration_reruns_the_run(first: Path, dualbrain: Command):
    assert dualbrain("train", "--config", str(first / "config.toml"))[0] == 0
    again = first.with_name("CartPole-v1_2")
    assert same(parameters(first / "model.zip"), parameters(again / "model.zip"))
    assert (again / "config.toml").read_text() == (first / "config.toml").read_text()


def test_training_goes_on_from_a_run(first: Path, dualbrain: Command):
    assert dualbrain("train", "-i", str(first), "-n", "64")[0] == 0
    second = first.with_name("CartPole-v1_2")
    assert not same(parameters(first / "model.zip"), parameters(second / "model.zip"))
    assert read_toml(second / "config.toml")["trained_agent"] == str(first)


def test_training_goes_on_under_other_drives(first: Path, dualbrain: Command):
    code, out, err = dualbrain("train", "-i", str(first), "--modules", "novelty,extrinsic:2", "-n", "64")
    assert (code, err) == (0, "")
    assert out.index("novelty") < out.index("extrinsic")
    loaded = load_model(first.with_name("CartPole-v1_2") / "model.zip", "ppo")
    assert loaded.steering.weights == {"novelty.novelty": 1.0, "extrinsic.reward": 2.0}
    assert loaded.policy.assessors.names == ("novelty.novelty", "extrinsic.reward")


@pytest.mark.parametrize(
    ("env", "modules"),
    [pytest.param("CartPole-v1", "extrinsic", marks=pytest.mark.slow), (DOORKEY, "extrinsic,novelty")],
)
def test_any_environment_trains_from_its_own_recipe(dualbrain: Command, env: str, modules: str):
    code, out, err = dualbrain("train", env, "--modules", modules, "-n", "100")
    assert (code, err) == (0, "")
    assert all(drive in out for drive in modules.split(","))
    assert Path(f"runs/ppo/{env}_1/best_model.zip").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("env", "modules", "score"), [("CartPole-v1", "extrinsic", 475.0), (DOORKEY, "extrinsic,novelty", 0.9)]
)
def test_any_environment_is_learned(dualbrain: Command, env: str, modules: str, score: float):
    assert dualbrain("train", env, "--modules", modules)[0] == 0
    with np.load(f"runs/ppo/{env}_1/evaluations.npz") as kept:
        assert kept["results"][-1].mean() >= score


def test_a_run_is_evaluated_beside_a_random_agent(first: Path, dualbrain: Command):
    code, out, _ = dualbrain("eval", "runs", "--episodes", "3", "--random")
    assert code == 0
    assert str(first / "model.zip") in out
    assert "the brain" in out
    assert "a random agent" in out
    assert "extrinsic.reward" in out


def test_a_drive_may_be_a_file_in_the_current_folder(dualbrain: Command):
    Path("steady_drive.py").write_text(
        "from dataclasses import dataclass\n"
        "from dualbrain import RewardModule, Signal\n"
        "@dataclass\n"
        "class SteadyHand(RewardModule):\n"
        "    emits = (Signal('calm'),)\n"
        "    def truth(self, extrinsic_reward):\n"
        "        return {'calm': extrinsic_reward}\n"
    )
    code, out, err = dualbrain("train", "CartPole-v1", "--modules", "steady_drive:SteadyHand:2", *QUICK, "-n", "64")
    assert (code, err) == (0, "")
    assert "steady_hand" in out


def test_time_ends_a_run(dualbrain: Command):
    began = time.monotonic()
    code, out, _ = dualbrain(*TRAIN, "-n", "100000000", "--time-limit", "0.5")
    assert code == 0
    assert time.monotonic() - began < 60
    assert Path("runs/ppo/CartPole-v1_1/model.zip").exists()
    (steps,) = re.findall(r"([\d,]+) of 100,000,000 steps: the time limit of 0.5 s ended training", out)
    assert 0 < int(steps.replace(",", "")) < 100_000_000


def test_a_run_that_is_gone_on_with_counts_its_own_steps(first: Path, dualbrain: Command):
    _, out, _ = dualbrain("train", "-i", str(first), "-n", "100000000", "--time-limit", "1e-9")
    assert re.search(r"not all steps were done: [1-9]\d? of 100,000,000 steps", out)


SWEET = """
from dualbrain import RewardModule, Signal
class Sweet(RewardModule):
    emits = (Signal("taste"),)
    def truth(self, extrinsic_reward):
        return {"taste": extrinsic_reward}
"""
AUDITLESS = """
from agents import DualBrainPPO
class Auditless(DualBrainPPO):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.audit
"""


def test_an_alarm_ends_a_run_if_asked_to(dualbrain: Command):
    Path("sweet_drive.py").write_text(SWEET)
    drives = "sweet_drive:Sweet,extrinsic:0.001"
    settings = ("--eval-freq", "0", "--n-envs", "8", "-params", "n_steps:64", "batch_size:512", "n_epochs:1")
    command = ("train", "CartPole-v1", "--modules", drives, *settings, "-n", "20480", "--stop-on-alarm")
    code, out, _ = dualbrain(*command)
    assert code == 0
    (steps,) = re.findall(r"([\d,]+) of 20,480 steps: the alarm 'dominance' ended training", out)
    assert 4 * 512 <= int(steps.replace(",", "")) < 20_480
    assert "[bold]" not in out
    folder = Path("runs/ppo/CartPole-v1_1")
    assert parameters(folder / "model.zip")
    _, again, _ = dualbrain("train", "--config", str(folder / "config.toml"))
    assert f"{steps} of 20,480 steps: the alarm 'dominance' ended training" in again


def test_alarms_end_only_what_keeps_an_audit(dualbrain: Command):
    Path("auditless.py").write_text(AUDITLESS)
    code, _, err = dualbrain(*TRAIN, "--algo", "auditless:Auditless", "-n", "64", "--stop-on-alarm")
    assert code == 2
    assert "stop_on_alarm: the algorithm 'auditless:Auditless' keeps no audit" in err


def test_ctrl_c_saves_the_model_and_says_so(tmp_path: Path):
    command = [sys.executable, "-m", "dualbrain", *TRAIN, "-n", "100000000"]
    monitor = tmp_path / "runs/ppo/CartPole-v1_1/monitor.csv"
    pipe = subprocess.PIPE
    with hearing(), subprocess.Popen(command, cwd=tmp_path, stderr=pipe, stdout=pipe, text=True) as run:
        while run.poll() is None and not (monitor.exists() and monitor.stat().st_size > 200):
            time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=60)
    model = tmp_path / "runs/ppo/CartPole-v1_1/model.zip"
    assert run.returncode == 130, err
    assert "runs/ppo/CartPole-v1_1/model.zip" in err
    assert "Traceback" not in err
    assert parameters(model)
