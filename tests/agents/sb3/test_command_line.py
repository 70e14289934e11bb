"""``dualbrain train --algo dqn`` and its like: trained, evaluated, resumed, compared as ``ppo`` is."""

from __future__ import annotations

from pathlib import Path

import pytest

from dualbrain.cli import main, parser
from dualbrain.cli.compare import plan
from dualbrain.runs.callbacks.interruption import Interruption
from dualbrain.runs.models import find_model, load_model
from tests.event_files import scalars

RUNS = {
    "dqn": ("CartPole-v1", "extrinsic,novelty", ("learning_starts:50", "train_freq:4", "gradient_steps:1")),
    "sac": ("Pendulum-v1", "extrinsic,novelty", ("learning_starts:50", "train_freq:4", "batch_size:16")),
    "a2c": ("dualbrain/Forage-v0", "hunger:5,novelty", ("n_steps:8",)),
    "recurrent_ppo": ("MiniGrid-Empty-5x5-v0", "extrinsic,novelty", ("n_steps:32", "batch_size:64", "n_epochs:1")),
}
QUICK = ("-n", "256", "--n-envs", "2", "--eval-freq", "0", "--pictures", "1")


def command(algo: str, folder: Path) -> tuple[str, ...]:
    world, drives, settings = RUNS[algo]
    return ("train", world, "--algo", algo, "--modules", drives, *QUICK, "-f", str(folder), "-params", *settings)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("algo", ["dqn", "sac", "a2c", pytest.param("recurrent_ppo", marks=pytest.mark.slow)])
def test_it_is_trained_and_evaluated(algo: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main([*command(algo, tmp_path / "runs"), "window:32"]) == 0
    assert "novelty" in capsys.readouterr().out
    written = scalars(next((tmp_path / "runs").rglob("tb")))
    assert {"train/assessor_loss", "world/present"} <= written.keys()
    assert main(["eval", str(tmp_path / "runs"), "--episodes", "2", "--max-steps", "50"]) == 0
    assert "AUROC" in capsys.readouterr().out


def test_other_drives_can_be_given_to_a_trained_agent(tmp_path: Path):
    assert main([*command("a2c", tmp_path / "runs"), "window:32"]) == 0
    before = load_model(find_model(tmp_path / "runs"), "a2c")
    again = ("train", "--modules", "hunger:5,thirst", "-n", "64", "-f", str(tmp_path / "more"))
    assert main([*again, "-i", str(tmp_path / "runs")]) == 0
    after = load_model(find_model(tmp_path / "more"), "a2c")
    assert [list(agent.steering.modules) for agent in (before, after)] == [["hunger", "novelty"], ["hunger", "thirst"]]
    assert after.num_timesteps > before.num_timesteps


@pytest.mark.slow
def test_a_run_that_goes_on_says_that_its_replay_buffer_is_empty(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    folder, says = tmp_path / "runs", "no file holds a replay buffer: this run begins with an empty one"
    with monkeypatch.context() as patched:
        patched.setattr(Interruption, "_on_step", lambda self: 1 / (64 - self.num_timesteps) ** 2 > 0)
        assert main([*command("dqn", folder), "window:32", "--save-every", "1e-9"]) == 1
    assert says not in caplog.messages
    assert main(["train", "--resume", str(folder)]) == 0
    assert main(["train", "-i", str(folder), "-n", "64", "--eval-freq", "0", "-f", str(tmp_path / "more")]) == 0
    assert caplog.messages.count(says) == 2


def test_each_condition_is_planned_under_each_algorithm():
    shared = ("compare", "CartPole-v1", "-n", "64", "--seeds", "2", "--condition", "fed=extrinsic,novelty")
    runs = plan(parser().parse_args([*shared, "--algo", "a2c,dqn"]))
    assert [run.name for run in runs] == [f"fed-{name}, seed {seed}" for name in ("a2c", "dqn") for seed in (0, 1)]
    assert [run.config.algo for run in runs] == ["a2c", "a2c", "dqn", "dqn"]
    assert runs[-1].config.hyperparams["exploration_fraction"] == 0.16


@pytest.mark.slow
def test_algorithms_are_compared_in_one_table(tmp_path: Path):
    shared = ("-n", "64", "--n-envs", "2", "--eval-freq", "0", "--seeds", "1", "--episodes", "2")
    command = ("compare", "CartPole-v1", "--algo", "a2c,dqn", *shared)
    assert main([*command, "-f", str(tmp_path / "runs")]) == 0
    table = (tmp_path / "runs" / "table.md").read_text()
    assert "* a2c: `--algo a2c`" in table
    assert "* dqn: `--algo dqn`" in table
    assert {"a2c", "dqn"} <= {path.name for path in (tmp_path / "runs").iterdir()}


def test_what_cannot_be_compared_is_said(capsys: pytest.CaptureFixture[str]):
    assert main(["compare", "CartPole-v1"]) == 2
    assert "nothing to compare: give --condition NAME=STEERING, or several algorithms" in capsys.readouterr().err
    assert main(["compare", "CartPole-v1", "--algo", "a2c,dqn", "--condition", "a=extrinsic --algo ppo"]) == 2
    assert "the condition 'a' cannot have --algo: the comparison has several" in capsys.readouterr().err
