"""Spaces of every kind: each number of an observation is read, each action is the world's own, or it is refused."""

from __future__ import annotations

import logging
from typing import Any, ClassVar

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium import spaces
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Sequence, Text, Tuple
from stable_baselines3 import DQN
from stable_baselines3.common.vec_env import DummyVecEnv

from agents import DualBrainPPO
from dualbrain import RewardModule, Signal, SteeringSubsystem, SteeringVecEnv, UserError
from dualbrain.episodes.evaluate import evaluate, evaluate_random
from dualbrain.episodes.record import record
from dualbrain.worlds.make_env import make_vec_env
from dualbrain.worlds.spaces.observations import unnested

EYE = Box(-1.0, 1.0, (2,))
SQUARE = MultiDiscrete(np.array([[2, 3], [4, 5]]), start=np.ones((2, 2), int))


class Room(gymnasium.Env[Any, Any]):
    """Any spaces; keeps the actions that it was sent. Episodes of eight steps."""

    sent: ClassVar[list[Any]] = []

    def __init__(self, seen: spaces.Space[Any] = EYE, done: spaces.Space[Any] | None = None):
        self.observation_space, self.action_space = seen, done or Discrete(2)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        self.age = 0
        return self.observation_space.sample(), {}

    def step(self, action: Any) -> Any:
        Room.sent.append(np.array(action).tolist())
        self.age += 1
        return self.observation_space.sample(), 1.0, self.age == 8, False, {}


gymnasium.register("Room-v0", f"{__name__}:Room")


def brain(env: Any, drives: Any = ("extrinsic",), **kwargs: Any) -> DualBrainPPO:
    settings = {"n_steps": 16, "batch_size": 16, "n_epochs": 1, "seed": 0, "device": "cpu", **kwargs}
    return DualBrainPPO("BrainPolicy", env, steering=drives, **settings)


def width(agent: DualBrainPPO) -> int:
    return agent.policy.vf_features_extractor.features_dim


JOINTS = Dict(joints=Dict(pos=Box(-1, 1, (7,)), vel=Box(-1, 1, (7,))), goal=EYE)


@pytest.mark.parametrize(
    ("seen", "parts", "numbers"),
    [
        (JOINTS, ["goal", "joints.pos", "joints.vel"], 16),
        (Tuple((Discrete(32), Discrete(11), EYE)), ["0", "1", "2"], 45),
        (Dict(a=Tuple((EYE, Dict(b=MultiBinary(3)))), c=EYE), ["a.0", "a.1.b", "c"], 7),
        (
            Dict(a=Discrete(3, start=5), b=SQUARE),
            ["a", "b"],
            17,
        ),
    ],
)
def test_every_number_of_a_nested_observation_is_read(seen, parts, numbers):
    agent = brain(Room(seen))
    agent.learn(16)
    assert isinstance(agent.observation_space, Dict)
    assert sorted(agent.observation_space.spaces) == sorted(parts)
    assert width(agent) == numbers


@pytest.mark.parametrize(("seen", "numbers"), [(Discrete(3, start=-1), 3), (MultiDiscrete([2, 3], start=[4, 5]), 5)])
def test_observations_that_do_not_count_from_zero(seen, numbers):
    agent = brain(Room(seen))
    agent.learn(16)
    assert width(agent) == numbers
    assert agent.rollout_buffer.observations.min() == 0


def test_the_parts_are_those_of_the_world():
    env = make_vec_env(Room(JOINTS))
    seen: Any = env.reset()
    raw = {"goal": seen["goal"][0], "joints": {"pos": seen["joints.pos"][0], "vel": seen["joints.vel"][0]}}
    assert {name: part.tolist() for name, part in unnested(raw).items()} == {k: v[0].tolist() for k, v in seen.items()}
    agent = brain(Room(JOINTS))
    assert agent.predict(raw, deterministic=True)[0] == agent.predict(seen, deterministic=True)[0][0]


def test_what_is_left_out_is_said_once(caplog):
    with caplog.at_level(logging.WARNING, "dualbrain"):
        agent = brain("Room-v0", n_envs=3, env_kwargs={"seen": Dict(eye=EYE, said=Dict(word=Text(4)))})
    assert [r.getMessage() for r in caplog.records if "left out" in r.getMessage()] == [
        "Room-v0: left out of the observation, for no network reads it: said.word (Text)"
    ]
    assert width(agent) == 2


@pytest.mark.parametrize("seen", [Sequence(Discrete(3)), Text(5), Dict(said=Text(5))])
def test_what_no_network_reads_is_refused(seen):
    with pytest.raises(UserError, match=r"no network reads observations of .*; supported: Box, Discrete"):
        brain(Room(seen))


@pytest.mark.parametrize("seen", [Discrete(3, start=2), Tuple((Discrete(2), EYE))])
def test_a_vecenv_is_not_wrapped_inside_so_that_it_is_refused(seen):
    with pytest.raises(UserError, match="no network reads"):
        brain(DummyVecEnv([lambda: Room(seen)]))


@pytest.mark.parametrize(
    ("done", "told"),
    [
        (Dict(a=Discrete(2)), "chooses among Box"),
        (Tuple((Discrete(2), Discrete(2))), "chooses among Box"),
        (MultiDiscrete(np.array([[2, 2]])), "of one dimension"),
        (Box(-np.inf, np.inf, (2,)), "finite lower and upper bounds"),
    ],
)
def test_actions_that_no_policy_chooses_are_refused(done, told):
    with pytest.raises(UserError, match=told) as caught:
        brain(Room(done=done))
    assert "\n" not in str(caught.value)


class Jerk(RewardModule):
    """Jerks to the left, action 0, at every step."""

    emits = (Signal("jerk", low=-10.0, high=10.0, horizon=4),)

    def truth(self, extrinsic_reward):
        return {"jerk": extrinsic_reward}

    def reflex(self, extrinsic_reward):
        return np.zeros(extrinsic_reward.shape, np.int64)


def sent() -> set[Any]:
    """Return the actions that were sent since this was asked last."""
    found = {tuple(action) if isinstance(action, list) else action for action in Room.sent}
    Room.sent.clear()
    return found


@pytest.mark.parametrize(
    ("done", "own"),
    [
        (Discrete(3, start=-1), {-1, 0, 1}),
        (MultiDiscrete([2, 2], start=[3, -1]), {(3, -1), (3, 0), (4, -1), (4, 0)}),
    ],
)
@pytest.mark.parametrize("batch", ["id", "VecEnv"])
def test_the_world_is_sent_its_own_actions_everywhere(done, own, batch):
    env: Any = "Room-v0" if batch == "id" else DummyVecEnv([lambda: Room(done=done)])
    kwargs: dict[str, Any] = {"env_kwargs": {"done": done}} if batch == "id" else {}
    sent()
    agent = brain(env, n_steps=64, batch_size=32, **kwargs)
    agent.learn(64)
    assert sent() == own
    for play in (evaluate, record):
        play(agent, env, 8, seed=0, **kwargs)
        assert sent() <= own
    evaluate_random(env, 8, seed=0, **kwargs)
    assert sent() == own


def test_reflexes_count_from_zero_too():
    sent()
    world = {"done": Discrete(3, start=-1)}
    brain("Room-v0", [Jerk()], env_kwargs=world).learn(16)
    assert sent() == {-1}
    DQN("MlpPolicy", SteeringVecEnv(DummyVecEnv([lambda: Room(**world)]), SteeringSubsystem(["extrinsic"]))).learn(40)
    assert sent() == {-1, 0, 1}


@pytest.mark.parametrize("shape", [(20, 16, 3), (3, 20, 16)])
def test_the_cnn_cortex_convolves_over_rows_and_columns_of_a_float_image(shape):
    agent = brain(Room(Box(0.0, 1.0, shape)), cortex="cnn")
    agent.learn(16)
    see: Any = agent.policy.vf_features_extractor
    assert see.see[0].in_channels == 3
    channel = np.zeros((1, *shape), np.float32)
    channel[(0, ..., 1) if shape[-1] == 3 else (0, 1)] = 1.0
    image = see._image(torch.as_tensor(channel).flatten(1))
    assert image[0].mean(dim=(1, 2)).tolist() == [0.0, 1.0, 0.0]


def test_the_cnn_cortex_asks_where_the_channels_are():
    world = Room(Box(0.0, 1.0, (12, 10, 10)))
    with pytest.raises(UserError, match=r"channels first or last\? say .*channels_last=True"):
        brain(world, cortex="cnn")
    said = {"policy_kwargs": {"features_extractor_kwargs": {"channels_last": False}}}
    see: Any = brain(world, cortex="cnn", **said).policy.vf_features_extractor
    assert see.see[0].in_channels == 12
