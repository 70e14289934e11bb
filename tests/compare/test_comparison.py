"""``dualbrain compare`` from the command line, on a world that takes a second."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.context import RequestContext
from tensorboard.plugins.base_plugin import TBContext
from tensorboard.plugins.hparams import api_pb2, backend_context, list_session_groups

from dualbrain.cli import main, parser
from dualbrain.cli.compare import plan
from dualbrain.compare import jobs as making
from dualbrain.compare.outcome import read_outcome
from dualbrain.compare.study import differences
from dualbrain.runs.callbacks.interruption import Interruption
from dualbrain.runs.models import find_model, load_model
from dualbrain.runs.train import prepare, train
from tests.event_files import read
from tests.hearing import hearing

QUICK = ("-n", "64", "--n-envs", "2", "--eval-freq", "0", "-params", "n_steps:16", "batch_size:32", "n_epochs:1")
CONDITIONS = ("--condition", "plain=extrinsic", "--condition", "novel=extrinsic,novelty:2 -params gamma:0.9")
COMPARE = ("compare", "CartPole-v1", *CONDITIONS, *QUICK, "--episodes", "4", "--seeds", "2")
RUNS = [f"{name}/seed_{seed}" for name in ("plain", "novel") for seed in (0, 1)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: Any) -> Path:
    folder: Path = tmp_path_factory.mktemp("compare") / "runs"
    assert main([*COMPARE, "--jobs", "2", "-f", str(folder)]) == 0
    return folder


def stamps(folder: Path) -> dict[str, float]:
    return {run: (folder / run / "model.zip").stat().st_mtime_ns for run in RUNS}


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process may be started."""

    def start(*_: Any) -> Any:
        raise AssertionError("a run is made again")

    monkeypatch.setattr(making._Worker, "start", start)


def test_every_run_is_an_ordinary_one(made: Path, capsys: pytest.CaptureFixture[str]):
    for run in RUNS:
        kept = {path.name for path in (made / run).iterdir()}
        assert kept >= {"config.toml", "model.zip", "monitor.csv", "tb", "behaviour.json"}
    assert main(["eval", str(made / "plain/seed_1"), "--episodes", "2"]) == 0
    assert "plain/seed_1/model.zip" in capsys.readouterr().out


def test_a_run_is_what_train_makes_by_its_command(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    command = (made / "novel/seed_1/command.txt").read_text().split()[1:]
    assert main([*command, "-f", str(tmp_path)]) == 0
    again = tmp_path / "ppo/CartPole-v1_1"
    assert (again / "config.toml").read_text() == (made / "novel/seed_1/config.toml").read_text()
    assert "gamma = 0.9\n" in (again / "config.toml").read_text()
    runs = (again, made / "novel/seed_1")
    scores = [[row.split(",")[0] for row in (run / "monitor.csv").read_text().splitlines()[2:]] for run in runs]
    assert scores[0] == scores[1]


def test_table_measures_and_curves_are_written(made: Path):
    assert "| world's score | plain |" in (made / "table.md").read_text()
    rows = list(csv.DictReader((made / "measures.csv").read_text().splitlines()))
    assert [f"{row['condition']}/seed_{row['seed']}" for row in rows] == RUNS
    assert rows[0].keys() == {"condition", "seed", "score", "length", "visits"}
    assert (made / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert not list(made.glob(".partial*"))


def test_the_measures_are_those_of_fresh_episodes(made: Path):
    outcome = read_outcome(made / "plain/seed_0/behaviour.json")
    assert outcome is not None
    assert (outcome.episodes, outcome.measures["score"]) == (4, outcome.measures["length"])
    assert outcome.shares == {"extrinsic.reward": 1.0}
    assert outcome.curve[-1][0] <= 64


def test_finished_runs_are_not_made_again(made: Path, idle: None, capsys: pytest.CaptureFixture[str]):
    before = stamps(made)
    assert main([*COMPARE, "-f", str(made)]) == 0
    assert stamps(made) == before
    assert "world's score" in capsys.readouterr().out


def test_an_interrupted_comparison_goes_on(made: Path):
    before = stamps(made)
    config = (made / "novel/seed_1/config.toml").read_text()
    (made / "novel/seed_1/model.zip").unlink()
    half = made / ".partial-novel-seed_1/ppo/CartPole-v1_1"
    half.mkdir(parents=True)
    shutil.copy(made / "novel/seed_0/config.toml", half)
    assert main([*COMPARE, "-f", str(made)]) == 0
    after = stamps(made)
    assert {run for run in RUNS if after[run] != before[run]} == {"novel/seed_1"}
    assert (made / "novel/seed_1/config.toml").read_text() == config
    assert not list(made.glob(".partial*"))


def test_an_interrupted_run_goes_on_from_its_checkpoint(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = Path(shutil.copytree(made, tmp_path / "runs"))
    run = next(run for run in plan(parser().parse_args([*COMPARE, "-f", str(folder)])) if run.name == "novel, seed 1")
    shutil.rmtree(run.place)
    with monkeypatch.context() as patched:
        patched.setattr(Interruption, "_on_step", lambda self: 1 / (self.num_timesteps - 48) != 0)
        often = replace(run.config, save_every=1e-9)
        with pytest.raises(ZeroDivisionError):
            train(prepare(often, ""), run.partial, run.command)
    assert main([*COMPARE, "-f", str(folder), "--jobs", "1"]) == 0
    commands = (folder / "novel/seed_1/command.txt").read_text().splitlines()
    assert len(commands) == 2, "its folder is the one that it was begun in"
    assert load_model(folder / "novel/seed_1/model.zip", "ppo").num_timesteps == 64
    assert not list(folder.glob(".partial*"))


def test_another_configuration_is_refused(made: Path, idle: None, capsys: pytest.CaptureFixture[str]):
    before = stamps(made)
    assert main([*COMPARE, "-params", "ent_coef:0.5", "-f", str(made)]) == 2
    error = capsys.readouterr().err
    assert "made with another configuration: hyperparams.ent_coef was 0.0, now 0.5" in error
    assert stamps(made) == before


def test_how_often_models_are_saved_is_no_other_configuration(made: Path, idle: None):
    file, before = made / "plain/seed_0/config.toml", stamps(made)
    config = file.read_text()
    assert "save_every = 60.0\n" in config
    file.write_text(config.replace("save_every = 60.0\n", ""))
    assert main([*COMPARE, "-f", str(made)]) == 0
    assert stamps(made) == before
    file.write_text(config)


def test_other_episodes_only_measure_again(made: Path, monkeypatch: pytest.MonkeyPatch):
    before = stamps(made)

    def here(runs: Any, measuring: Any, *_: Any) -> None:
        for run in runs:
            making.make(run, measuring)

    monkeypatch.setattr("dualbrain.cli.compare.make_all", here)
    assert main([*COMPARE[:-4], "--episodes", "3", "--seeds", "2", "-f", str(made)]) == 0
    assert stamps(made) == before
    outcome = read_outcome(made / "plain/seed_0/behaviour.json")
    assert outcome is not None
    assert outcome.episodes == 3
    assert len(list((made / "plain/seed_0/tb").glob("*.hparams"))) == 1


def session_groups(folder: Path) -> list[Any]:
    """Ask TensorBoard's own HParams plugin."""
    multiplexer = EventMultiplexer().AddRunsFromDirectory(str(folder))
    multiplexer.Reload()
    provider = MultiplexerDataProvider(multiplexer, str(folder))
    backend = backend_context.Context(TBContext(data_provider=provider))
    request, experiment = RequestContext(), ""
    hparams = backend.hparams_metadata(request, experiment)
    found = backend.experiment_from_metadata(request, experiment, True, hparams, None)
    asked = api_pb2.ListSessionGroupsRequest(
        start_index=0,
        slice_size=100,
        aggregation_type=api_pb2.AGGREGATION_AVG,
        allowed_statuses=[api_pb2.STATUS_SUCCESS],
        col_params=[api_pb2.ColParams(metric=info.name) for info in found.metric_infos],
    )
    return list(list_session_groups.Handler(request, backend, experiment, asked).run().session_groups)


def test_hparams_group_the_seeds_of_a_condition(made: Path):
    groups = {group.name: group for group in session_groups(made)}
    assert groups.keys() == {"plain", "novel"}
    assert groups["novel"].hparams["steering"].string_value == "extrinsic,novelty:2 -params gamma:0.9"
    assert [len(group.sessions) for group in groups.values()] == [2, 2]
    outcomes = [read_outcome(made / f"plain/seed_{seed}/behaviour.json") for seed in (0, 1)]
    scores = {value.name.tag: value.value for value in groups["plain"].metric_values}
    expected = sum(outcome.measures["score"] for outcome in outcomes if outcome) / 2
    assert scores["compare/score"] == pytest.approx(expected)


def test_measures_are_scalars_beside_the_training(made: Path):
    written = read(made / "plain/seed_0/tb").Tags()["scalars"]
    assert {"compare/score", "compare/length", "audit/world_score", "world/reward"} <= set(written)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--condition", "hunger"), "'hunger' is no condition: write NAME=STEERING"),
        (("--condition", "a/b=extrinsic"), "'a/b' cannot name a condition"),
        (("--condition", "a=extrinsic", "--condition", "a=novelty"), "two conditions are named 'a'"),
        (("--condition", "a=extrinsc"), "did you mean 'extrinsic'?"),
        (("--condition", "a=hunger"), "unknown sense"),
        (("--condition", "a=extrinsic", "--seeds", "0"), "--seeds must be at least 1, not 0"),
        (("--condition", "a=extrinsic --nonsense"), "--nonsense"),
        (("--condition", "a=extrinsic", "--condition", "b=extrinsic -n 9"), "conditions must share total_timesteps"),
    ],
)
def test_mistakes_are_told_before_anything_is_made(
    tmp_path: Path, idle: None, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
):
    assert main(["compare", "CartPole-v1", *QUICK, *arguments, "-f", str(tmp_path / "runs")]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert not (tmp_path / "runs").exists()


def test_a_run_that_fails_is_named_and_leaves_the_others_alone(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    Path("moody.py").write_text(
        "from dualbrain import RewardModule, Signal\n"
        "class Moody(RewardModule):\n"
        "    emits = (Signal('mood'),)\n"
        "    def bind(self, n):\n"
        "        self.steps = 0\n"
        "    def truth(self, extrinsic_reward):\n"
        "        self.steps += 1\n"
        "        return {'mood': (9.0 if self.steps > 20 else 0.5) * extrinsic_reward}\n"
    )
    arguments = ("--condition", "bad=moody:Moody", "--condition", "good=extrinsic", "--seeds", "1", "--episodes", "2")
    assert main(["compare", "CartPole-v1", *QUICK, *arguments, "-f", "runs"]) == 2
    out, error = capsys.readouterr()
    assert "1 of 2 runs failed (bad, seed 0: module 'moody', signal 'mood'" in error
    assert "not made: bad, seed 0" in out
    table = Path("runs/table.md").read_text()
    assert "world's score | good" in table
    assert "* not made: bad, seed 0" in table
    assert Path("runs/good/seed_0/model.zip").exists()
    assert not Path("runs/bad").exists()
    failed = Path("runs/.failed-bad-seed_0")
    assert f"see {failed / 'error.txt'}" in error
    assert "signal 'mood'" in (failed / "error.txt").read_text()
    assert find_model("runs") == Path("runs/good/seed_0/model.zip")


def test_one_comparison_at_a_time_in_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    from dualbrain.files.file_lock import file_lock

    monkeypatch.chdir(tmp_path)
    with file_lock(Path("runs"), "comparison"):
        assert main(["compare", "CartPole-v1", *QUICK, "--condition", "a=extrinsic", "-f", "runs"]) == 2
    assert "another comparison is at work in runs: wait for it" in capsys.readouterr().err


def test_differences_name_what_is_new_and_what_is_gone():
    found = list(differences({"a": 1, "t": {"x": 1}}, {"b": 2, "t": {"x": 1}}))
    assert found == ["a was 1, now unset", "b was unset, now 2"]


def test_ctrl_c_leaves_nothing_half_made(tmp_path: Path):
    endless = (*COMPARE[:6], "-n", "100000000", *QUICK[2:], "--jobs", "2", "-f", "runs")
    command = [sys.executable, "-m", "dualbrain", *endless]
    home = tmp_path / "runs"
    pipe = subprocess.PIPE
    with (
        hearing(),
        subprocess.Popen(command, cwd=tmp_path, stderr=pipe, stdout=pipe, text=True, start_new_session=True) as run,
    ):
        while run.poll() is None and len(list(home.glob(".partial-*/ppo/*/monitor.csv"))) < 2:
            time.sleep(0.1)
        os.killpg(run.pid, signal.SIGINT)
        _, err = run.communicate(timeout=60)
    assert run.returncode == 130, err
    assert "Traceback" not in err
    assert [path.name for path in home.iterdir()] == [".lock"]


def test_a_condition_may_be_a_steering_file_with_flags(tmp_path: Path):
    (tmp_path / "own.toml").write_text('[modules.extrinsic]\nmodule = "extrinsic"\nweight = 3.0\n')
    given = ("--condition", f"own={tmp_path / 'own.toml'} -params gamma:0.5", "--condition", "plain=extrinsic")
    args = parser().parse_args(["compare", "CartPole-v1", *QUICK, *given, "--seeds", "2", "--seed", "7"])
    runs = plan(args)
    assert [run.name for run in runs] == ["own, seed 7", "own, seed 8", "plain, seed 7", "plain, seed 8"]
    assert [run.config.modules["extrinsic"].weight for run in runs] == [3.0, 3.0, 1.0, 1.0]
    assert [run.config.hyperparams["gamma"] for run in runs[1:3]] == [0.5, 0.98]
    assert [run.config.hyperparams["n_steps"] for run in runs] == [16] * 4
    assert [run.config.num_threads for run in runs] == [1] * 4
