"""Pictures of the world: maps show what the brain says of each cell, episodes move, thoughts reach the projector."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from google.protobuf import text_format
from gymnasium.wrappers import TransformReward
from PIL import Image
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

import envs  # noqa: F401  registers the native worlds
from agents import DualBrainPPO
from dualbrain.drawing.value_maps import over
from dualbrain.episodes.gif import animate
from dualbrain.episodes.record import record
from dualbrain.worlds.clone_env import clone_env, map_of
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.probes import probes_of
from tests.event_files import read, train

CAVE = "dualbrain/SpiderCave-v0"
SMALL = {"size": 8, "walls": 4, "max_episode_steps": 60}
DRIVES = ["hunger", "flinch"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    world = make_vec_env(CAVE, 4, 0, SMALL)
    return train(folder, world, 3 * 4 * 32, steering=DRIVES, n_steps=32, batch_size=64, pictures=2), folder


def images(folder: Path) -> dict[str, Any]:
    events = read(folder)
    return {tag: events.Images(tag) for tag in events.Tags()["images"] if tag.startswith("world/")}


def test_a_map_is_drawn_at_every_time_and_an_episode_moves(trained):
    shown = images(trained[1])
    assert [image.step for image in shown["world/values"]] == [128, 384]
    gif: Any = Image.open(io.BytesIO(shown["world/episode"][0].encoded_image_string))
    assert gif.format == "GIF"
    assert 10 < gif.n_frames <= 48
    assert len(shown["world/episode"][0].encoded_image_string) < 1_000_000


def test_maps_say_what_the_brain_says_of_each_cell(trained):
    agent = trained[0]
    world: Any = clone_env(agent.steering_env)
    ground: Any = map_of(world, 3)
    value = over(ground, agent.assess(ground.observations)["valence"])
    world.seed(3)
    begun = agent.assess(world.reset())["valence"][0]
    row, column = probes_of(world).where("agent")[0, 0]
    assert value[row, column] == pytest.approx(begun, abs=1e-5)
    assert np.isnan(value).sum() == 4
    assert ground.picture.shape == (256, 256, 3)


@pytest.mark.parametrize("env", ["dualbrain/Commons-v0", "dualbrain/Friends-v0", "dualbrain/Warehouse-v0"])
def test_the_first_agent_alone_is_moved(env):
    batch: Any = gymnasium.make_vec(env, num_envs=4)
    ground = batch.state_map(5)
    begun, _ = batch.reset(seed=[5] * 4)
    here = batch.where("agent")[0, 0]
    place = (ground.cells == here).all(axis=1)
    assert place.sum() == 1
    np.testing.assert_array_equal(ground.observations[place][0], begun[0])


def test_a_grid_written_by_others_has_a_map():
    pytest.importorskip("minigrid")
    agent = DualBrainPPO(
        "BrainPolicy", "MiniGrid-Empty-5x5-v0", steering=["extrinsic"], n_steps=16, batch_size=16, seed=0
    )
    world: Any = clone_env(agent.steering_env)
    ground: Any = map_of(world, 0)
    assert ground.shape == (5, 5)
    assert len(ground.cells) == 9 * 4
    world.seed(0)
    first = world.reset()
    begun = agent.assess(first)["valence"][0]
    here = (ground.cells == (1, 1)).all(axis=1)
    assert np.abs(agent.assess(ground.observations)["valence"][here] - begun).min() < 1e-5


def test_a_world_that_was_changed_is_not_taken_for_another():
    def agent(env: Any) -> Any:
        return DualBrainPPO("BrainPolicy", env, steering=["extrinsic"], n_steps=16, batch_size=16)

    assert clone_env(agent("CartPole-v1").steering_env) is not None
    world: Any = clone_env(agent("CartPole-v1").steering_env)
    assert map_of(world, 0) is None
    assert (
        clone_env(agent(TransformReward(gymnasium.make("CartPole-v1"), lambda reward: -float(reward))).steering_env)
        is None
    )


def test_the_projector_finds_the_latest_thoughts_alone(trained):
    folder = trained[1]
    config = text_format.Parse((folder / "projector_config.pbtxt").read_text(), ProjectorConfig())
    (shown,) = config.embeddings
    thoughts = np.loadtxt(folder / shown.tensor_path)
    header, *rows = (folder / shown.metadata_path).read_text().splitlines()
    assert thoughts.shape == (128, 64)
    assert len(rows) == 128
    assert header.split("\t")[:4] == ["reward", "hunger.food prediction", "hunger.food target", "hunger.food truth"]
    assert all(len(row.split("\t")) == len(header.split("\t")) for row in rows)
    sheet = Image.open(folder / shown.sprite.image_path)
    assert sheet.size[0] >= math.isqrt(128) * shown.sprite.single_image_dim[0]


def test_an_episode_may_be_broken_off(trained):
    recording = record(trained[0], CAVE, 2, 0, {**SMALL, "render_mode": "rgb_array"}, draw={0}, steps=7)
    assert len(recording.table["time"]) == 7
    assert np.isfinite(recording.table["dopamine/valence"]).all()
    gif: Any = Image.open(io.BytesIO(animate(recording, 0)[0]))
    assert gif.n_frames == 7


def test_a_world_without_map_or_picture_draws_nothing(tmp_path):
    world = TransformReward(gymnasium.make("CartPole-v1"), lambda reward: reward)
    train(tmp_path, world, 32, steering=["extrinsic"], n_steps=16, batch_size=16)
    assert images(tmp_path) == {}
