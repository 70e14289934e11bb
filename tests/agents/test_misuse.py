"""A world that does not fit, steps that are none, what is no observation, broken parameters, an odd folder."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from gymnasium import spaces
from stable_baselines3.common.vec_env import DummyVecEnv

from agents import DualBrainPPO, WeightSchedule, linear
from dualbrain import SteeringSubsystem, SteeringVecEnv, UserError
from dualbrain.episodes.evaluate import evaluate
from dualbrain.errors import NonFiniteError
from reward_modules import Extrinsic
from tests.sample_worlds.corridor import Corridor

STEPS = 16


class Wide(Corridor):
    action_space = spaces.Discrete(7)


def brain(env: Any, n_envs: int = 2, **kwargs: Any) -> DualBrainPPO:
    settings = {"n_steps": STEPS, "batch_size": 16, "n_epochs": 1, "seed": 0, "pictures": 0, **kwargs}
    return DualBrainPPO("BrainPolicy", env, n_envs=n_envs, steering=Extrinsic(), **settings)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"n_step": 8}, "unknown argument 'n_step': did you mean 'n_steps'?"),
        ({"steerings": []}, "unknown argument 'steerings': did you mean 'steering'?"),
        ({"seed": -1}, "'seed' must be at least 0, not -1"),
        ({"seed": 1.5}, "'seed' must be a whole number from 0"),
        ({"seed": "a"}, "'seed' must be a whole number from 0"),
        ({"assessors": "no"}, "'assessors' must be True, False or AssessorOptions, not 'no'"),
        ({"detach_assessors": "no"}, "'detach_assessors' must be True or False, not 'no'"),
        ({"env": None}, "an agent needs an environment"),
        ({"n_envs": 4}, "n_envs goes with an id: this Corridor was made already, with 1, not 4"),
        ({"env_kwargs": {"limit": 3}}, "env_kwargs go with an id: this Corridor was made already"),
    ],
)
def test_arguments_that_would_be_left_out_or_misread(settings, says):
    with pytest.raises(UserError) as raised:
        brain(**{"env": Corridor(), "n_envs": 1, **settings})
    assert str(raised.value).startswith(says)


@pytest.fixture(scope="module")
def agent() -> DualBrainPPO:
    return brain("CartPole-v1")


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ("Acrobot-v1", r"its observations are \(6,\), those it knows are \(4,\)"),
        ("MountainCarContinuous-v0", r"its observations are \(2,\), those it knows are \(4,\)"),
    ],
)
def test_a_world_of_other_observations(agent, env, says):
    with pytest.raises(UserError, match=f"this world does not fit the brain: {says}"):
        agent.set_env(env)


def test_a_world_of_other_actions():
    agent = brain(Corridor(), 1)
    known = f"those it knows are Discrete({Corridor().action_space.n})"
    with pytest.raises(UserError, match="its actions are Discrete") as raised:
        agent.set_env(Wide())
    assert str(raised.value).endswith(known)


def test_another_number_of_worlds(agent):
    with pytest.raises(UserError, match="the agent learns in 2 worlds at once, and these are 3"):
        agent.set_env(brain("CartPole-v1", 3).get_env())


@pytest.mark.parametrize("steps", [-5, "100", None, float("nan"), float("inf"), True])
def test_steps_that_are_none(agent, steps):
    with pytest.raises(UserError, match="'total_timesteps' must be "):
        agent.learn(steps)


@pytest.mark.parametrize("observation", [np.zeros(5), None, "x", {"a": 1}, [[0.0], [0.0, 1.0]]])
@pytest.mark.parametrize("method", ["predict", "assess"])
def test_what_is_no_observation(agent, method, observation):
    with pytest.raises(UserError, match="this is not an observation of the brain: ") as raised:
        getattr(agent, method)(observation)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("method", ["predict", "assess"])
def test_an_observation_that_is_not_finite(agent, method):
    observations = np.zeros((3, 4), np.float32)
    observations[2, 1] = np.nan
    for seen, index in ((observations, 2), (observations[2], 0)):
        with pytest.raises(NonFiniteError, match=rf"environment {index}: .*, place \[1\], is nan, not finite"):
            getattr(agent, method)(seen)


def test_parameters_that_are_not_finite_are_not_taken_over(agent):
    before, broken = agent.get_parameters(), agent.get_parameters()
    kept = {name: tensor.clone() for name, tensor in before["policy"].items()}
    broken["policy"] = {name: torch.full_like(tensor, np.nan) for name, tensor in kept.items()}
    with pytest.raises(NonFiniteError, match="not taken over: the actor, the critic, "):
        agent.set_parameters(broken)
    assert all(torch.equal(tensor, kept[name]) for name, tensor in agent.policy.state_dict().items())
    agent.set_parameters({**before, "policy": kept})


def test_a_folder_for_tensorboard_that_cannot_be_written_is_done_without(tmp_path, switched_off):
    (tmp_path / "file").touch()
    agent = brain("CartPole-v1", tensorboard_log=str(tmp_path / "file" / "tb"))
    agent.learn(2 * STEPS)
    assert agent.num_timesteps == 2 * STEPS
    assert "TensorBoard switched off" in switched_off[0]


@pytest.mark.parametrize("schedule", [0.5, None, "lin_1"])
def test_a_schedule_that_is_no_function(schedule):
    with pytest.raises(UserError, match="the schedule of 'extrinsic' must be a function of the training step, not "):
        WeightSchedule({"extrinsic": schedule})


@pytest.mark.parametrize("schedule", [lambda _: None, lambda _: "1", lambda _: np.nan])
def test_a_schedule_of_what_is_no_weight(agent, schedule):
    with pytest.raises(UserError, match="the weight of 'extrinsic' must be "):
        agent.learn(2 * STEPS, callback=WeightSchedule({"extrinsic": schedule}))


@pytest.mark.parametrize("wrong", [{"start": "a"}, {"start": np.nan}, {"until": np.nan}, {"until": "10"}])
def test_a_line_between_what_is_no_number(wrong):
    with pytest.raises(UserError, match="of a linear schedule must be a finite number, not "):
        linear(**{"start": 1.0, "end": 0.0, "until": 10, **wrong})


def test_what_can_be_steered_and_by_what():
    world, drives = Corridor(), [Extrinsic()]  # type: Any, Any
    with pytest.raises(UserError, match=r"only a VecEnv can be steered, .*, not Corridor"):
        SteeringVecEnv(world, SteeringSubsystem(Extrinsic))
    with pytest.raises(UserError, match="what steers must be a SteeringSubsystem, not list"):
        SteeringVecEnv(DummyVecEnv([Corridor]), drives)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"env_kwargs": {"limit": 3}}, "env_kwargs go with an id"),
        ({"n_envs": 3}, "n_envs goes with an id: this DummyVecEnv was made already, with 2, not 3"),
        ({"seed": -1}, "seed must be at least 0, not -1"),
        ({"seed": "a"}, "seed must be a whole number"),
        ({"time_limit": float("nan")}, "time_limit must be a finite number, not nan"),
        ({"time_limit": "5"}, "time_limit must be a finite number, not '5'"),
    ],
)
def test_an_evaluation_leaves_nothing_out(agent, settings, says):
    with pytest.raises(UserError, match=says):
        evaluate(agent, agent.get_env(), 2, **settings)


def test_an_agent_without_a_world_does_not_learn(agent, tmp_path):
    agent.save(tmp_path / "brain.zip")
    with pytest.raises(UserError, match="no environment to learn in: give it one by set_env"):
        DualBrainPPO.load(tmp_path / "brain.zip").learn(STEPS)


class FourValues(Corridor):
    def step(self, action: Any) -> Any:
        return super().step(action)[:4]


class OnlyObservation(Corridor):
    def reset(self, **kwargs: Any) -> Any:
        return super().reset(**kwargs)[0]


class OfAnotherShape(Corridor):
    def reset(self, **kwargs: Any) -> Any:
        return np.zeros((3, 3)), {}


@pytest.mark.parametrize(
    ("world", "says"),
    [
        (FourValues, "a world must return (obs, info) at reset and (obs, reward, terminated, truncated, info)"),
        (OnlyObservation, "a world must return (obs, info) at reset and (obs, reward, terminated, truncated, info)"),
        (OfAnotherShape, "an observation of a world must be as its observation_space says"),
    ],
)
def test_a_world_that_does_not_do_as_gymnasium_says(world, says):
    with pytest.raises(UserError) as raised:
        brain(world(), 1).learn(STEPS)
    assert str(raised.value).startswith(says)
