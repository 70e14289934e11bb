"""Whatever is wrong with what only looks on, the brain learns the same; what is no instrument still raises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import configure

import dualbrain.observers.world_pictures
from agents import DualBrainPPO
from agents.recorder import Recorder
from dualbrain.episodes.evaluate import evaluate
from dualbrain.observers.scalars import ScalarsObserver
from dualbrain.observers.stage_schedule import StageSchedule
from reward_modules import Extrinsic, Novelty
from tests.event_files import read, scalars, train
from tests.sample_worlds import drawn
from tests.sample_worlds.drawn import BROKEN, INVISIBLE, SHOWN, Drawn, registered

STEPS = 2 * 2 * 24


def learned(folder: Path, world: type[Any] = Drawn, pictures: int = 2, **settings: Any) -> DualBrainPPO:
    settings = {"n_envs": 2, "n_steps": 24, "batch_size": 16, "steering": [Extrinsic, Novelty], **settings}
    return train(folder, registered(world), STEPS, pictures=pictures, **settings)


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> dict[str, Any]:
    """Return what is learned without pictures: in all these worlds the same."""
    weights: dict[str, Any] = learned(tmp_path_factory.mktemp("plain"), pictures=0).policy.state_dict()
    return weights


def same(agent: DualBrainPPO, plain: dict[str, Any]) -> bool:
    weights = agent.policy.state_dict()
    return all(torch.equal(value, weights[name]) for name, value in plain.items())


@pytest.mark.parametrize("world", [*SHOWN, *INVISIBLE, *BROKEN])
def test_a_world_trains_whatever_its_render_does(world, tmp_path, plain, switched_off):
    agent = learned(tmp_path, world)
    assert same(agent, plain)
    images = read(tmp_path).Tags()["images"]
    assert ("world/episode" in images) == (world in SHOWN)
    assert {"dopamine/around_events", "dopamine/shift"} <= {*images}
    assert len(switched_off) == (world in BROKEN or world is drawn.NowAndThen), switched_off


def test_without_a_listener_nothing_is_drawn(monkeypatch, tmp_path):
    monkeypatch.setattr(Drawn, "render", lambda _: pytest.fail("nobody asked for it"))
    settings: dict[str, Any] = {"n_steps": 24, "batch_size": 24, "seed": 0}
    agent = DualBrainPPO("BrainPolicy", registered(Drawn), steering=[Extrinsic], **settings).learn(48)
    evaluate(agent, registered(Drawn), 2)
    learned(tmp_path, pictures=0)


def broken(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError("broken")


PARTS = {
    "dualbrain.observers.world_pictures.animate": "picture of episodes in motion in TensorBoard",
    "dualbrain.observers.world_pictures.map_of": "picture of value maps in TensorBoard",
    "dualbrain.observers.world_pictures.write_thoughts": "picture of thoughts in TensorBoard",
    "dualbrain.observers.charts.around_figure": "picture of dopamine around events in TensorBoard",
    "dualbrain.observers.charts.shift_figure": "picture of dopamine in the course of training in TensorBoard",
    "dualbrain.observers.charts.by_column": "picture of predictions in TensorBoard",
    "dualbrain.observers.pictures.Cues": "picture of dopamine around cues",
    "dualbrain.observers.pictures.Cues.after": "picture of dopamine around cues",
    "dualbrain.observers.pictures.picture_rollouts": "picture in TensorBoard",
    "dualbrain.observers.scalars.describe": "card in TensorBoard",
    "dualbrain.observers.scalars.write_run": "entry of this run among its hyperparameters",
    "dualbrain.observers.scalars.reward_scalars": "scalar of the brain, nor audit and its alarms",
    "dualbrain.observers.scalars.EpisodeReturns.step": "scalar of the brain, nor audit and its alarms",
    "dualbrain.observers.thoughts.sample_thoughts": "rank and deviation of thoughts, nor skill of imagined ones",
    "dualbrain.observers.stage_schedule.mark_stage": "mark of a stage or of weights in TensorBoard",
}


@pytest.mark.parametrize("part", PARTS)
def test_a_broken_part_takes_no_other_with_it(part, tmp_path, plain, monkeypatch, switched_off):
    monkeypatch.setattr(part, broken)
    assert same(learned(tmp_path), plain)
    assert len(switched_off) == 1
    assert f"there is no {PARTS[part]} from now on: ZeroDivisionError: broken" in switched_off[0]
    events = read(tmp_path).Tags()
    images = {"world/episode", "dopamine/around_events", "dopamine/shift"}
    lost = {
        "animate": {"world/episode"},
        "around_figure": {"dopamine/around_events"},
        "shift_figure": {"dopamine/shift"},
    }
    assert images - {*events["images"]} == (
        images if "picture_rollouts" in part else lost.get(part.split(".")[-1], set())
    )
    assert ("reward/total" in events["scalars"]) == ("scalar" not in PARTS[part])
    assert "rollout/ep_rew_mean" in events["scalars"]


def test_a_world_that_can_be_made_only_a_few_times_loses_its_pictures_alone(tmp_path, plain, monkeypatch, switched_off):
    monkeypatch.setattr(dualbrain.observers.world_pictures, "clone_env", broken)
    assert same(learned(tmp_path), plain)
    missing = [said.partition("there is no ")[2].partition(" from now on")[0] for said in switched_off]
    assert missing == ["episode in motion", "value map"]
    assert "dopamine/around_events" in read(tmp_path).Tags()["images"]


def test_pictures_leave_random_streams_alone_in_worlds_made_one_by_one(tmp_path):
    """Making another such world draws from the stream that shuffles minibatches."""
    settings: dict[str, Any] = {"n_envs": 2, "n_steps": 24, "batch_size": 16, "steering": [Extrinsic]}
    one, other = (train(tmp_path / f"{n}", "CartPole-v1", STEPS, pictures=n, **settings) for n in (0, 2))
    assert same(one, other.policy.state_dict())


def test_event_files_that_cannot_be_written_change_nothing(tmp_path, plain, monkeypatch, switched_off):
    monkeypatch.setattr("dualbrain.tensorboard.crc_writer._write", broken)
    assert same(learned(tmp_path), plain)
    assert len(switched_off) == 1
    assert "scalar or picture in" in switched_off[0]
    assert not scalars(tmp_path)


def test_learning_again_tries_again(tmp_path, monkeypatch, switched_off):
    agent = learned(tmp_path / "one")
    agent.set_logger(configure(str(tmp_path / "two"), ["tensorboard"]))
    with monkeypatch.context() as patch:
        patch.setattr("dualbrain.observers.scalars.reward_scalars", broken)
        agent.learn(STEPS, reset_num_timesteps=False)
    assert len(switched_off) == 1
    agent.learn(STEPS, reset_num_timesteps=False)
    assert len(switched_off) == 1
    assert len(scalars(tmp_path / "two")["reward/total"]) == 2


class Mine(BaseCallback):
    def _on_step(self) -> bool:
        raise ZeroDivisionError("mine")


def test_what_is_no_instrument_still_raises(tmp_path, monkeypatch):
    for cls, method in ((Recorder, "on_step"), (Recorder, "on_rollout"), (StageSchedule, "on_rollout_start")):
        with monkeypatch.context() as patch:
            patch.setattr(cls, method, broken)
            with pytest.raises(ZeroDivisionError, match="broken"):
                learned(tmp_path)
    agent = learned(tmp_path)
    with pytest.raises(ZeroDivisionError, match="mine"):
        agent.learn(STEPS, callback=Mine())


def test_ctrl_c_in_an_instrument_ends_training(tmp_path, monkeypatch):
    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(ScalarsObserver, "on_rollout", interrupted)
    with pytest.raises(KeyboardInterrupt):
        learned(tmp_path)
