"""The pictures of training: there, few, honest where nothing happened, and computed as others would."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
import torch
from PIL import Image

from agents import DualBrainPPO
from dualbrain.drawing.event_triggered import AFTER, BEFORE, event_triggered
from dualbrain.drawing.small_multiples import Frame
from dualbrain.episodes.record import Recording, record
from dualbrain.heads.targets import short_targets
from dualbrain.scalars.lead_times import alarm_level, lead_times, leads
from dualbrain.scalars.metrics import auroc, calibration_error, hits
from dualbrain.scalars.timeline import Timeline, average
from dualbrain.training.cues import Cues
from dualbrain.training.log_schedule import picture_rollouts
from dualbrain.worlds.probes import probes_of
from reward_modules import Extrinsic, Flinch, Hunger, Thirst
from tests.compare.test_comparison import session_groups
from tests.event_files import read, train
from tests.tensorboard.test_event_files import Mute, Never, documented

DRIVES = (Hunger, Thirst, Flinch, Extrinsic)
SIGNALS = {"hunger.food": True, "thirst.water": True, "flinch.flinch": True, "extrinsic.reward": False}
RATHER_TEXT = ("alarm/", "custom_scalars__config__", "steering/text_summary", "_hparams_/")


def pictures_of(folder: Path) -> dict[str, list[Any]]:
    """Return everything that is neither scalar nor text, by tag."""
    events = read(folder)
    found = {tag: events.Images(tag) for tag in events.Tags()["images"]}
    found |= {tag: events.Histograms(tag) for tag in events.Tags()["histograms"]}
    return found | {tag: events.Tensors(tag) for tag in events.Tags()["tensors"] if not tag.startswith(RATHER_TEXT)}


def charts(found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return those that are made of a rollout's record."""
    return {tag: shown for tag, shown in found.items() if tag.startswith(("assessor/", "dopamine/"))}


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    """A short life in a cave with spiders."""
    folder: Path = tmp_path_factory.mktemp("cave")
    settings: dict[str, Any] = {"n_envs": 64, "n_steps": 64, "batch_size": 512, "pictures": 4}
    train(folder, "dualbrain/SpiderCave-v0", 4 * 64 * 64, steering=DRIVES, **settings)
    return folder


def test_every_documented_picture_is_made_and_no_other(run):
    told = documented("Pictures")
    tags = {
        tag.replace("<signal>", name)
        for tag in told
        for name, probable in SIGNALS.items()
        if probable or "<signal>" not in tag
    }
    written = pictures_of(run)
    assert written.keys() <= tags
    assert charts(written).keys() == charts({tag: [] for tag in tags}).keys()


def test_pictures_are_made_at_the_times_that_were_chosen(run):
    assert [image.step for image in pictures_of(run)["dopamine/around_events"]] == [4096, 8192, 12288, 16384]
    assert [image.step for image in pictures_of(run)["dopamine/shift"]] == [16384], "seldom, but at last"


@pytest.mark.parametrize(("rollouts", "pictures"), [(1, 10), (7, 10), (100, 10), (100_000, 10), (50, 1), (5, 0)])
def test_there_are_few_pictures_and_the_last_rollout_has_some(rollouts, pictures):
    chosen = picture_rollouts(rollouts, pictures)
    assert len(chosen) <= pictures
    assert chosen <= set(range(1, rollouts + 1))
    assert (rollouts in chosen) == (pictures > 0)


def test_no_pictures_if_none_are_wanted(tmp_path):
    train(tmp_path, "CartPole-v1", 64, n_steps=32, steering=[Extrinsic], pictures=0)
    assert not pictures_of(tmp_path)


def test_pictures_change_nothing_of_what_is_learned(tmp_path):
    settings: dict[str, Any] = {"n_envs": 2, "n_steps": 32, "batch_size": 32, "steering": [Hunger, Flinch]}
    with_them, without = (
        train(tmp_path / f"{n}", "dualbrain/SpiderCave-v0", 192, pictures=n, **settings).policy.state_dict()
        for n in (3, 0)
    )
    assert all(torch.equal(with_them[key], without[key]) for key in without)


@pytest.mark.parametrize("assessors", [True, False])
@pytest.mark.parametrize("n_steps", [5, 64])
def test_where_nothing_happens_pictures_say_so(tmp_path, monkeypatch, assessors, n_steps):
    said = []
    monkeypatch.setattr(Frame, "annotate", lambda self, text: said.append(text))
    settings: dict[str, Any] = {"n_steps": n_steps, "batch_size": 64, "assessors": assessors, "pictures": 2}
    train(tmp_path, "CartPole-v1", 2 * n_steps, steering=[Mute, Never], **settings)
    written = charts(pictures_of(tmp_path))
    foreseen = {"assessor/reliability"} if assessors else set()
    assert written.keys() == {"dopamine/around_events", "dopamine/shift", *foreseen}
    assert set(said) == {"no event yet"}
    each_time = 3 + (2 if assessors else 0)
    assert len(said) == 2 * each_time + 3, "the shift is shown at last"
    for images in written.values():
        Image.open(io.BytesIO(images[0].encoded_image_string)).verify()


def test_one_event_in_one_of_1024_environments_is_one_event():
    event = np.zeros((16, 1024), bool)
    event[7, 500] = True
    starts = np.zeros((16, 1024))
    line = Timeline.of_rollout(starts, np.ones_like(event))
    errors = np.arange(event.size, dtype=np.float32).reshape(event.shape)
    response = event_triggered(line, line.lay(errors)[:, None], ["head"], line.onsets(line.lay(event)))
    assert (response.total, response.average.events) == (1, 1)
    np.testing.assert_array_equal(response.windows[0, BEFORE - 7 : BEFORE + 9, 0], errors[:, 500])
    assert np.isnan(response.windows[0, : BEFORE - 7]).all()
    assert np.isnan(response.average.sem).all()


def test_what_began_before_the_rollout_is_no_onset_and_absence_ends_an_episode():
    event = np.array([[1, 0], [1, 1], [0, 1], [1, 1]], bool)
    present = np.array([[1, 1], [1, 1], [1, 0], [1, 1]], bool)
    starts = np.array([[0, 1], [0, 0], [0, 0], [0, 1]], bool)
    line = Timeline.of_rollout(starts, present)
    assert line.episode.tolist() == [1, 1, 1, 1, 2, 2, 3]
    assert line.onsets(line.lay(event)).tolist() == [3, 5, 6]
    assert line.lay(event).tolist() == [1, 1, 0, 1, 0, 1, 1]


def test_leads_are_counted_back_from_the_event_without_a_break():
    line = Timeline(np.array([0] * 6 + [1] * 3), np.array([1, 0, 0, 0, 0, 0, 1, 0, 0]) > 0)
    prediction = np.array([0.9, 0.1, 0.8, 0.9, 0.8, 0.9, 0.9, 0.9, 0.1], np.float32)
    assert lead_times(line, prediction, np.array([4, 5, 7, 8]), 0.5, 3).tolist() == [3, 3, 2, 0]


def test_an_assessor_that_sees_nothing_gives_no_warning():
    line = Timeline(np.zeros(100, np.int64), np.arange(100) == 0)
    truth = (np.arange(100) % 20 == 10).astype(np.float32)
    flat = np.full(100, 0.7, np.float32)
    assert leads(line, flat, truth != 0, truth == 0, 8).tolist() == [0] * 5
    assert not len(leads(line, flat, truth != 0, truth > 1, 8))
    assert np.isnan(alarm_level(flat[:0]))


def test_hits_are_those_of_a_count():
    rng = np.random.default_rng(0)
    score, label = rng.random(500, np.float32), rng.random(500) < 0.3
    found = hits(score, label, 11)
    for m, threshold in enumerate(np.linspace(0, 1, 11)):
        alarm = np.floor(score * 10) >= round(threshold * 10)
        assert found.true_positives[m] == (alarm & label).sum()
        assert found.false_positives[m] == (alarm & ~label).sum()
        assert found.true_negatives[m] == (~alarm & ~label).sum()
        assert found.false_negatives[m] == (~alarm & label).sum()


@pytest.fixture(scope="module")
def recording() -> Recording:
    world = "dualbrain/SpiderCave-v0"
    settings: dict[str, Any] = {"n_steps": 32, "batch_size": 32, "seed": 0}
    return record(DualBrainPPO("BrainPolicy", world, steering=[Hunger, Flinch], **settings), world, episodes=4, seed=3)


@pytest.fixture(scope="module")
def foreseen(recording) -> tuple[Any, Any, Any]:
    """Prediction, target and label of the flinch, the label by looking ahead step by step."""
    table, horizon = recording.table, recording.signals["flinch.flinch"].horizon
    truth, prediction = recording.column("truth", "flinch.flinch"), recording.column("prediction", "flinch.flinch")
    ends = table["terminated"] | table["truncated"]
    found = short_targets(
        truth[:, None, None], table["terminated"][:, None], table["truncated"][:, None], np.array([horizon])
    )
    rows = (found.evidence & found.complete)[:, 0, 0]
    label = np.array([_happens(truth, ends, i, horizon) for i in range(len(truth))])
    return prediction[rows], found.target[rows, 0, 0], label[rows]


def _happens(truth: Any, ends: Any, i: int, horizon: int) -> bool:
    for j in range(i, min(i + horizon, len(truth))):
        if np.isfinite(truth[j]) and truth[j] != 0.0:
            return True
        if ends[j]:
            return False
    return False


def test_auroc_is_that_of_mann_and_whitney(foreseen):
    prediction, _, label = foreseen
    assert 0 < label.sum() < len(label)
    u = scipy.stats.mannwhitneyu(prediction[label], prediction[~label]).statistic
    assert auroc(prediction, label) == pytest.approx(u / (label.sum() * (~label).sum()))


def test_calibration_is_that_of_binned_statistics(foreseen):
    prediction, target, _ = foreseen
    bins = np.linspace(0.0, 1.0, 11)
    counts, said, came = (
        np.nan_to_num(scipy.stats.binned_statistic(prediction, values, statistic, bins).statistic)
        for values, statistic in ((prediction, "count"), (prediction, "mean"), (target, "mean"))
    )
    assert calibration_error(prediction, target) == pytest.approx(np.sum(counts * abs(said - came)) / counts.sum())


def test_averages_around_events_are_those_of_a_loop(recording):
    table, line = recording.table, Timeline.of_table(recording.table)
    dopamine, truth = recording.column("dopamine", "flinch.flinch"), recording.column("truth", "flinch.flinch")
    rows = []
    for i in range(len(truth)):
        there = [np.isfinite(truth[j]) and truth[j] != 0 for j in (i - 1, i)]
        if there[1] and (table["time"][i] == 0 or not there[0]):
            near = range(i - BEFORE, i + AFTER + 1)
            same = [0 <= j < len(truth) and table["episode"][j] == table["episode"][i] for j in near]
            rows.append([dopamine[j] if inside else np.nan for j, inside in zip(near, same, strict=True)])
    assert len(rows) > 2
    found = average(line.around(dopamine, line.onsets(np.nan_to_num(truth) != 0), BEFORE, AFTER))
    assert found.events == len(rows)
    np.testing.assert_allclose(found.mean, np.nanmean(rows, axis=0), rtol=1e-5, atol=1e-7)
    known = np.sum(~np.isnan(rows), axis=0) > 1
    sem = scipy.stats.sem(rows, axis=0, nan_policy="omit")
    np.testing.assert_allclose(found.sem[known], np.asarray(sem)[known], rtol=1e-4, atol=1e-7)


def test_words_are_cues_and_so_are_senses_that_tell_of_events():
    agent = DualBrainPPO(
        "BrainPolicy", "dualbrain/SpiderCave-v0", steering=[Flinch], n_envs=3, n_steps=32, batch_size=32
    )
    cues = Cues(agent.steering_env)
    agent.steering_env.reset()
    obs, _, dones, infos = agent.steering_env.step(np.zeros(3, int))
    there = cues.after(obs, dones, infos)
    assert {"hears spider", "something_near"} <= there.keys()
    word = probes_of(agent.steering_env).layout.hears("spider")[0]
    np.testing.assert_array_equal(there["hears spider"], np.asarray(obs)[:, word] > 0)


def test_runs_that_differ_by_seed_alone_are_one_group(tmp_path):
    for name, seed, gamma in (("a", 0, 0.9), ("b", 1, 0.9), ("c", 0, 0.5)):
        train(tmp_path / name, "CartPole-v1", 64, n_steps=32, steering=[Extrinsic], seed=seed, gamma=gamma)
    groups = session_groups(tmp_path)
    assert sorted(len(group.sessions) for group in groups) == [1, 2]
    assert {group.hparams["world"].string_value for group in groups} == {"CartPole-v1"}
    measured = {value.name.tag for group in groups for value in group.metric_values}
    assert {"world/reward", "reward/total"} <= measured


def test_the_card_tells_equations_and_whether_there_is_a_map(run):
    text = read(run).Tensors("steering/text_summary")[0].tensor_proto.string_val[0].decode()
    assert "world: dualbrain/SpiderCave-v0, 64 parallel agents" in text
    assert "setpoint" in text
