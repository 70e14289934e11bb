"""What a run writes for TensorBoard is what the documentation promises."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.logger import configure
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.compat.tensorflow_stub import pywrap_tensorflow
from tensorboard.plugins.custom_scalar.layout_pb2 import Layout
from torch.utils.tensorboard.writer import SummaryWriter

from agents import DualBrainPPO, Society
from dualbrain import RewardModule, Signal
from dualbrain.scalars import keys
from dualbrain.steering.sense import Sense, by_name
from dualbrain.tensorboard.crc_writer import masked_crc32c, quicken
from dualbrain.tensorboard.scalar_batching import batch_scalars
from dualbrain.worlds.batched_vec_env import BatchedVecEnv
from reward_modules import Extrinsic, Flinch, Hunger, Novelty, Thirst
from tests.event_files import read, scalars, train
from tests.sample_worlds.commune import AGENTS, Commune

DOCS = Path(__file__).parents[2] / "docs" / "inspect.md"
SB3 = ("rollout/", "train/", "time/")
DRIVES = (Hunger, Thirst, Flinch, Extrinsic)
SIGNALS = {"hunger.food": True, "thirst.water": True, "flinch.flinch": True, "extrinsic.reward": False}
"""Whether each is a [0, 1] signal."""
RANGES = {
    "0 to 1": lambda x: 0.0 <= x <= 1.0,
    "0, 1, 2, ...": lambda x: x >= 0.0 and x == int(x),
    "0 and up": lambda x: x >= 0.0,
    "up to 1": lambda x: x <= 1.0,
}


def documented(section: str = "Keys") -> dict[str, tuple[str, str]]:
    """Read range and meaning of every key from the table in a section of the documentation."""
    page = DOCS.read_text().partition(f"## {section}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]*) ?\|$", page, re.MULTILINE)
    return {key: (span.strip(), meaning.strip()) for key, span, meaning in rows}


def promised(signals: Mapping[str, bool]) -> dict[str, str]:
    """Return the range of every key that a run with these signals is to write."""
    return {tag: key.span for tag, key in keys.written(signals).items()}


def own(written: Mapping[str, object]) -> set[str]:
    return {key for key in written if not key.startswith(SB3)}


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    """A short life in a cave with spiders."""
    folder: Path = tmp_path_factory.mktemp("cave")
    train(folder, "dualbrain/SpiderCave-v0", 4 * 64 * 64, n_envs=64, n_steps=64, batch_size=512, steering=DRIVES)
    return folder


def test_every_documented_key_is_written_and_no_other(run):
    assert own(scalars(run)) == promised(SIGNALS).keys()


def test_a_society_writes_its_documented_keys_and_no_other(tmp_path):
    brains = {name: {"agents": agents, "steering": ["extrinsic"]} for name, agents in (("a", [0, 1]), ("b", [2]))}
    for settings in brains.values():
        settings |= {"n_steps": 32, "batch_size": 32}
    Society(BatchedVecEnv(Commune()), brains, seed=0, tensorboard_log=str(tmp_path)).learn(64 * 6)
    names = {keys.BRAIN: list(brains), keys.AGENT: [str(agent) for agent in range(AGENTS)]}
    spans = {key.of(name): key.span for key in keys.SOCIETY for name in names.get(key.per, [""])}
    written = scalars(tmp_path / "society_1")
    assert written.keys() == spans.keys()
    for key, values in written.items():
        assert [step for step, _ in values] == [32 * 6, 64 * 6], key
        assert all(RANGES.get(spans[key], math.isfinite)(value) for _, value in values), (key, values)


def test_every_value_is_finite_and_in_its_documented_range(run):
    written = scalars(run)
    for key, span in promised(SIGNALS).items():
        for _, value in written[key]:
            assert math.isfinite(value), key
            assert RANGES.get(span, math.isfinite)(value), (key, span, value)


def test_every_rollout_is_written_the_last_included(run):
    assert [step for step, _ in scalars(run)["reward/total"]] == [4096, 8192, 12288, 16384]


def test_shares_add_up_to_the_reward(run):
    written = {key: np.array(values)[:, 1] for key, values in scalars(run).items()}
    shares = sum(written[f"reward/{name}.{payer}"] for name in SIGNALS for payer in ("truth", "thought"))
    np.testing.assert_allclose(shares, written["reward/total"], atol=1e-6)


def layout_of(events: EventAccumulator) -> Layout:
    layout = Layout()
    layout.ParseFromString(events.Tensors("custom_scalars__config__")[0].tensor_proto.string_val[0])
    return layout


def test_the_layout_begins_with_predictions_and_has_an_overview_and_a_page_per_signal(run):
    first, *others = layout_of(read(run)).category
    assert first.title == "prediction against truth"
    assert [chart.title.split(":")[0] for chart in first.chart] == [*SIGNALS]
    assert [page.title for page in others] == ["overview", *SIGNALS]


def test_every_line_of_the_layout_is_exactly_one_written_key(run):
    written = scalars(run)
    for page in layout_of(read(run)).category:
        for chart in page.chart:
            assert chart.multiline.tag
            for tag in chart.multiline.tag:
                assert len([key for key in written if re.match(tag, key)]) == 1, (page.title, chart.title, tag)


def test_prediction_is_shown_against_truth(run):
    chart = layout_of(read(run)).category[2].chart[0]
    shown = [tag.replace("\\", "").rstrip("$") for tag in chart.multiline.tag]
    assert shown == [f"drive/hunger.food.{end}" for end in ("prediction", "target", "truth")]


def test_a_card_tells_what_steers(run):
    text = read(run).Tensors("steering/text_summary")[0].tensor_proto.string_val[0].decode()
    assert all(name in text for name in SIGNALS)
    assert all(line.startswith("    ") for line in text.splitlines())


def test_scalars_are_written_together_and_the_rest_as_before(tmp_path):
    logger = configure(str(tmp_path), ["tensorboard"])
    for _ in range(2):
        batch_scalars(logger)
    logger.record("b", np.float32(0.5))
    logger.record("a", 2)
    logger.record("hidden", 1.0, exclude="tensorboard")
    logger.record("text", "words")
    logger.record("sizes", np.arange(5.0))
    logger.dump(7)
    logger.close()
    events = read(tmp_path)
    assert scalars(tmp_path) == {"a": [(7, 2.0)], "b": [(7, 0.5)]}
    assert events.Tags()["histograms"] == ["sizes"]
    assert events.Tags()["tensors"] == ["text/text_summary"]
    (path,) = tmp_path.glob("events.*")
    assert sum(len(event.summary.value) == 2 for event in EventFileLoader(str(path)).Load()) == 1


@pytest.mark.parametrize("length", [0, 1, 4, 5, 1023, 1024, 1025, 5000, 70_001])
def test_checksums_are_those_of_tensorboard(length):
    data = np.random.default_rng(length).bytes(length)
    assert masked_crc32c(data) == pywrap_tensorflow.masked_crc32c(data)


@pytest.mark.parametrize("length", [10, 100_000])
def test_quick_records_are_those_of_tensorboard(tmp_path, length):
    make: Any = SummaryWriter
    ways: dict[str, Any] = {"plain": lambda _: None, "quick": quicken}
    data, files = bytes(length), []
    for name, prepare in ways.items():
        writer: Any = make(str(tmp_path / name))
        prepare(writer)
        writer._get_file_writer().event_writer._async_writer.write(data)
        writer.close()
        (path,) = (tmp_path / name).iterdir()
        files.append(path.read_bytes()[-length - 16 :])
    assert files[0] == files[1]
    assert len(files[0]) == length + 16


def test_the_same_seed_writes_the_same_scalars(tmp_path):
    for name in "ab":
        train(tmp_path / name, "CartPole-v1", 256, n_envs=2, n_steps=32, steering=[Extrinsic, Novelty])
    first, second = ({k: v for k, v in scalars(tmp_path / name).items() if not k.startswith("time/")} for name in "ab")
    assert first == second


@dataclass
class Long(RewardModule):
    name: str = "a_drive_whose_name_goes_on_and_on_and_on"
    emits = (Signal("one"), Signal("two"))

    def truth(self, visits):
        return {"one": 1.0 / visits, "two": 0.0}


def test_long_names_do_not_upset_the_printed_table(capsys):
    agent = DualBrainPPO("BrainPolicy", "CartPole-v1", steering=[Long()], n_steps=16, batch_size=16, verbose=1)
    agent.learn(32)
    assert "ep_len_mean" in capsys.readouterr().out


class Mute(RewardModule):
    """Its senses never say anything."""

    emits = (Signal("word", horizon=4), Signal("tone", low=-1.0, high=2.0, horizon=4, defer=0.5))

    def truth(self, visits):
        nothing = np.full_like(visits, np.nan)
        return {"word": nothing, "tone": nothing}


class Never(RewardModule):
    """An event that never happens."""

    emits = (Signal("event", horizon=4),)

    def truth(self, visits):
        return {"event": np.zeros_like(visits)}


@pytest.mark.parametrize("assessors", [True, False])
@pytest.mark.parametrize("n_steps", [5, 64])
def test_empty_cases_leave_out_what_cannot_be_told(tmp_path, assessors, n_steps):
    settings = {"n_steps": n_steps, "batch_size": 64, "assessors": assessors}
    train(tmp_path, "CartPole-v1", 2 * n_steps, steering=[Mute, Never], **settings)
    written = scalars(tmp_path)
    signals = {"mute.word": True, "mute.tone": False, "never.event": True}
    assert own(written) <= promised(signals).keys()
    assert all(math.isfinite(value) for values in written.values() for _, value in values)
    assert written["drive/mute.word.evidence"][0] == (n_steps, 0.0)
    assert "drive/mute.word.truth" not in written
    assert not [key for key in written if key.endswith(".auroc")]
    assert written["drive/never.event.truth"][0] == (n_steps, 0.0)


def test_without_assessors_the_layout_shows_what_is_left(tmp_path):
    train(tmp_path, "CartPole-v1", 64, n_steps=32, steering=[Extrinsic, Novelty], assessors=False)
    lines = [tag for page in layout_of(read(tmp_path)).category for chart in page.chart for tag in chart.multiline.tag]
    written = scalars(tmp_path)
    assert lines
    assert all(any(re.match(tag, key) for key in written) for tag in lines)


class Bell(gymnasium.Env[Any, np.int64]):
    """Rings once, in one world of many, at one step."""

    observation_space = gymnasium.spaces.Box(0.0, 1.0, (1,))
    action_space = gymnasium.spaces.Discrete(2)
    senses = by_name([Sense("ringing", 0.0, 1.0, "event", "1 when the bell rings")])

    def __init__(self, rings_at: int | None = None):
        self.rings_at, self.t = rings_at, 0

    def reset(self, *, seed=None, options=None):
        return np.zeros(1, np.float32), {"senses": {"ringing": 0.0}}

    def step(self, action):
        self.t += 1
        senses = {"ringing": float(self.t == self.rings_at)}
        return np.zeros(1, np.float32), 0.0, False, False, {"senses": senses}


class Hearing(RewardModule):
    emits = (Signal("bell", horizon=4),)

    def truth(self, ringing):
        return {"bell": ringing}


@pytest.mark.parametrize("log_interval", [1, 3])
def test_one_event_in_one_of_many_worlds_is_counted_once(tmp_path, log_interval):
    made = iter(range(48))
    worlds = make_vec_env(lambda: Bell(rings_at=25 if next(made) == 31 else None), 48)
    train(tmp_path, worlds, 3 * 16 * 48, log_interval, n_steps=16, batch_size=256, steering=[Hearing])
    written = scalars(tmp_path)
    assert len(written["reward/total"]) == 3 / log_interval
    assert sum(value for _, value in written["drive/hearing.bell.events"]) == 1
    assert sum(value for _, value in written["assessor/hearing.bell.positives"]) == 4
