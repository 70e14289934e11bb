"""Recordings: every column is what it says it is, tables add up, and files read back as they were."""

from __future__ import annotations

import csv
import shutil

import numpy as np
import pytest

from agents import DualBrainPPO
from dualbrain.cli import main
from dualbrain.episodes import file as recording_file
from dualbrain.episodes.evaluate import evaluate
from dualbrain.episodes.export import write_csv, write_parquet
from dualbrain.episodes.file import load_recording, made_by, save_recording
from dualbrain.episodes.record import record
from dualbrain.episodes.schema import columns_of
from dualbrain.episodes.tables import episode_columns, episodes_of, steps_of
from dualbrain.errors import UserError
from dualbrain.worlds.make_env import make_vec_env

CAVE = "dualbrain/SpiderCave-v0"
SHORT = {"max_episode_steps": 25, "size": 8, "walls": 0, "chatter": 1.0}
DRIVES = ["hunger", "flinch", "pain"]


@pytest.fixture(scope="module")
def agent():
    agent = DualBrainPPO("BrainPolicy", make_vec_env(CAVE, 4, 0, SHORT), steering=DRIVES, n_steps=32, seed=0)
    return agent.learn(512)


@pytest.fixture(scope="module")
def recording(agent):
    return record(agent, CAVE, 3, 7, SHORT)


def test_it_is_what_evaluation_plays(agent, recording):
    played = evaluate(agent, CAVE, 3, 7, SHORT, n_envs=1)
    table = episodes_of(recording)
    np.testing.assert_array_equal(table["length"], played.lengths)
    np.testing.assert_allclose(table["score"], played.scores)
    assert played.innate_scores is not None
    np.testing.assert_allclose(table["reward"], played.innate_scores)


def test_what_is_foreseen_is_the_agents_own(agent, recording):
    thought = agent.assess(recording.observations)
    for name in recording.signals:
        np.testing.assert_allclose(recording.table[f"prediction/{name}"], thought["short"][name], rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(recording.table[f"long/{name}"], thought["long"][name], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(recording.table["valence"], thought["valence"], rtol=1e-4, atol=1e-6)


def test_dopamine_by_hand(agent, recording):
    table = recording.table
    for name, paid, value in (
        ("dopamine/valence", "reward", "valence"),
        ("dopamine/pain.pain", "settled/pain.pain", "long/pain.pain"),
    ):
        for t in range(len(table["time"]) - 1):
            if not (table["terminated"][t] or table["truncated"][t]):
                error = table[paid][t] + agent.gamma * table[value][t + 1] - table[value][t]
                assert table[name][t] == pytest.approx(error, abs=1e-5)
            if table["terminated"][t]:
                assert table[name][t] == pytest.approx(table[paid][t] - table[value][t], abs=1e-5)


def test_rewards_add_up(recording):
    table, weights = recording.table, recording.weights
    parts = [table[f"{part}/{name}"] for part in ("paid_by_truth", "paid_by_thought") for name in weights]
    np.testing.assert_allclose(np.sum(parts, axis=0), table["reward"], atol=1e-5)
    for name, weight in weights.items():
        known = ~np.isnan(table[f"truth/{name}"])
        paid = weight * table[f"worth/{name}"] * table[f"truth/{name}"]
        np.testing.assert_allclose(table[f"paid_by_truth/{name}"][known], paid[known], atol=1e-6)
        assert (table[f"paid_by_truth/{name}"][~known] == 0.0).all()


def test_reflexes_are_told_from_choices(recording):
    reflex = recording.table["reflex"]
    np.testing.assert_array_equal(recording.table["action"][~reflex], recording.table["executed"][~reflex])


def test_to_draw_changes_nothing(agent, recording):
    drawn = record(agent, CAVE, 3, 7, SHORT | {"render_mode": "rgb_array"}, draw={1})
    for name, column in recording.table.items():
        np.testing.assert_array_equal(column, drawn.table[name], err_msg=name)
    assert {episode: len(pictures) for episode, pictures in drawn.pictures.items()} == {
        1: (recording.table["episode"] == 1).sum()
    }
    assert all(picture[8:12] == b"WEBP" for picture in drawn.pictures[1])


def test_a_file_reads_back(agent, tmp_path):
    drawn = record(agent, CAVE, 2, 7, SHORT | {"render_mode": "rgb_array"}, draw={0})
    save_recording(drawn, tmp_path / "episodes.npz", seed=7)
    read = load_recording(tmp_path / "episodes.npz")
    assert (read.signals, read.senses, read.weights) == (drawn.signals, drawn.senses, drawn.weights)
    assert read.pictures == drawn.pictures
    for name, column in drawn.table.items():
        np.testing.assert_array_equal(column, read.table[name])


def test_a_file_of_an_earlier_layout_is_not_misread(recording, tmp_path, monkeypatch):
    monkeypatch.setattr(recording_file, "LAYOUT", 1)
    save_recording(recording, tmp_path / "episodes.npz", seed=7)
    monkeypatch.undo()
    assert made_by(tmp_path / "episodes.npz") == {}
    with pytest.raises(UserError, match="layout 1, not 2: record these episodes again"):
        load_recording(tmp_path / "episodes.npz")


def test_valence_is_a_value_and_its_td_error_is_dopamine(recording):
    meaning = {column.name: column.meaning for column in columns_of(recording)}
    assert "expected" in meaning["valence"]
    assert "TD error" in meaning["dopamine/valence"]
    assert "value" not in meaning


def test_every_column_is_documented(recording):
    assert {column.name for column in columns_of(recording)} == set(recording.table)
    assert all(column.meaning and column.unit for column in columns_of(recording))
    assert [column.name for column in episode_columns(recording)] == list(episodes_of(recording))


def test_columns_are_in_range(recording):
    for column in columns_of(recording):
        values = recording.table[column.name].astype(float)
        known = values[~np.isnan(values)]
        assert (known >= column.low - 1e-6).all(), column
        assert (known <= column.high + 1e-6).all(), column


def test_without_assessors_nothing_is_foreseen():
    venv = make_vec_env(CAVE, 1, 0, SHORT)
    agent = DualBrainPPO("BrainPolicy", venv, steering=["hunger"], assessors=False, n_steps=32, seed=0)
    recording = record(agent, CAVE, 1, 0, SHORT)
    assert "prediction/hunger.food" not in recording.table
    assert np.isnan(recording.column("prediction", "hunger.food")).all()
    assert {column.name for column in columns_of(recording)} == set(recording.table)


def test_several_agents_are_all_written_down():
    venv = make_vec_env("dualbrain/Commons-v0", 4, 0, {"max_episode_steps": 20, "agents": 4})
    agent = DualBrainPPO("BrainPolicy", venv, steering=["extrinsic"], n_steps=32, seed=0)
    table = episodes_of(record(agent, "dualbrain/Commons-v0", 8, 0, {"max_episode_steps": 20, "agents": 4}))
    assert table["agent"].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert (table["length"] == 20).all()


def test_csv_reads_back_as_the_same_numbers(recording, tmp_path):
    write_csv(steps_of(recording), tmp_path / "steps.csv")
    with (tmp_path / "steps.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for name, column in recording.table.items():
        read = np.array([row[name] or "nan" for row in rows], float)
        np.testing.assert_array_equal(read.astype(column.dtype), column, err_msg=name)


def test_parquet_reads_back_as_the_same_numbers(recording, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    write_parquet(steps_of(recording), tmp_path / "steps.parquet")
    read = parquet.read_table(tmp_path / "steps.parquet")
    assert read.column_names == list(steps_of(recording))
    for name, column in recording.table.items():
        np.testing.assert_array_equal(read[name].to_numpy(), column, err_msg=name)


def test_the_command(tmp_path, capsys):
    flags = ["-n", "256", "--n-envs", "4", "-params", "n_steps:32", "batch_size:64", "--modules", ",".join(DRIVES)]
    options = ["--env-kwargs", *(f"{name}:{value}" for name, value in SHORT.items())]
    assert main(["train", CAVE, "-f", str(tmp_path), "--eval-freq", "0", *flags, *options]) == 0
    assert main(["export", str(tmp_path), "--episodes", "2"]) == 0
    (output,) = tmp_path.rglob("export")
    assert sorted(path.name for path in output.iterdir()) == [
        "episodes.csv", "episodes_columns.csv", "steps.csv", "steps_columns.csv"
    ]  # fmt: skip
    before = {path.name: path.read_bytes() for path in output.iterdir()}
    shutil.rmtree(output)
    (output.parent / "episodes.npz").unlink()
    assert main(["export", str(tmp_path), "--episodes", "2"]) == 0
    assert {path.name: path.read_bytes() for path in output.iterdir()} == before


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--episodes", "0"], "--episodes must be at least 1"),
        (["--format", "cvs"], "did you mean 'csv'"),
    ],
)
def test_mistakes_are_told_in_a_line(args, told, tmp_path, capsys):
    assert main(["export", str(tmp_path), *args]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


def test_no_run_no_tables(tmp_path, capsys):
    assert main(["export", str(tmp_path)]) == 2
    assert "holds no run" in capsys.readouterr().err
