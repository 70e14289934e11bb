"""VecEnvs that are not Stable-Baselines3's own train as long as nothing is wanted that they cannot give."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.wrappers import TransformReward
from stable_baselines3 import PPO
from stable_baselines3.common.logger import configure
from stable_baselines3.common.vec_env import (
    DummyVecEnv,
    SubprocVecEnv,
    VecCheckNan,
    VecEnv,
    VecExtractDictObs,
    VecFrameStack,
    VecMonitor,
    VecNormalize,
    VecTransposeImage,
    VecVideoRecorder,
)

import envs  # noqa: F401  registers the native worlds
from agents import DualBrainPPO, Society
from dualbrain import Sense, UserError
from dualbrain.episodes.evaluate import evaluate
from dualbrain.tensorboard.description import name_of
from dualbrain.worlds.make_env import make_vec_env
from reward_modules import Extrinsic, Hunger, Novelty
from tests.sample_worlds.corridor import Corridor
from tests.sample_worlds.simulator import LENGTH, ROBOTS, SimulatorVecEnv

SETTINGS: dict[str, Any] = {"n_steps": 16, "batch_size": 32, "n_epochs": 2, "seed": 0, "device": "cpu"}


def trained(venv: Any, steering: Any = (Extrinsic,), folder: Path | None = None, **settings: Any) -> DualBrainPPO:
    agent = DualBrainPPO("BrainPolicy", venv, steering=steering, **{**SETTINGS, "pictures": 1, **settings})
    if folder:
        agent.set_logger(configure(str(folder), ["tensorboard"]))
    agent.learn(2 * agent.n_steps * agent.n_envs)
    return agent


class Deaf(SimulatorVecEnv):
    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        raise NotImplementedError("Getting attributes is not supported.")


class Gruff(SimulatorVecEnv):
    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        raise ValueError(f"no such prim: {attr_name}")


class Ordinary(SimulatorVecEnv):
    def __init__(self) -> None:
        super().__init__()
        VecEnv.__init__(self, ROBOTS, self.observation_space, self.action_space)


@pytest.mark.parametrize("kind", [SimulatorVecEnv, Ordinary, Deaf, Gruff])
def test_a_simulator_trains_as_under_ppo(kind, tmp_path):
    ours = trained(kind(), folder=tmp_path, detach_assessors=True)
    theirs = PPO("MlpPolicy", kind(), **SETTINGS).learn(2 * 16 * ROBOTS)
    weights = ours.policy.state_dict()
    assert all(torch.equal(value, weights[name]) for name, value in theirs.policy.state_dict().items())
    assert name_of(ours.steering_env) == "Simulator"
    assert ours.rollout.terminated.any()


@pytest.mark.parametrize("drives", [[Extrinsic, Novelty], [Extrinsic]])
def test_a_simulator_is_evaluated_and_its_visits_are_counted(drives):
    agent = trained(SimulatorVecEnv(), drives)
    played = evaluate(agent, SimulatorVecEnv(), ROBOTS)
    assert played.scores.tolist() == [float(LENGTH)] * ROBOTS


def test_a_sense_that_it_cannot_give_is_refused_in_a_line(caplog):
    for kind in (SimulatorVecEnv, Deaf, Gruff):
        with pytest.raises(UserError, match=r"unknown sense 'ate' \(read by hunger.truth\).*extrinsic_reward, visits"):
            trained(kind(), [Hunger])
    assert "Gruff cannot be asked for 'senses'" in caplog.text


class Promising(SimulatorVecEnv):
    """Declares a sense, but keeps no infos of its resets."""

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        senses = {name: Sense(name, 0.0, 1.0) for name in ("energy", "ate")}
        return [senses] * ROBOTS if attr_name == "senses" else super().get_attr(attr_name)


def test_senses_without_infos_of_resets_are_refused_in_a_line():
    with pytest.raises(UserError, match="Promising keeps no reset_infos"):
        trained(Promising(), [Hunger])
    trained(Promising())


class Tensors(SimulatorVecEnv):
    """Rewards and dones as tensors, the latter as bytes; ends of which nothing is told."""

    def step_wait(self) -> Any:
        obs, rewards, dones, _ = super().step_wait()
        infos = [{"terminal_observation": None, "TimeLimit.truncated": True} for _ in dones]
        return obs, torch.as_tensor(rewards), torch.as_tensor(dones.astype(np.uint8)), infos


def test_ends_without_a_last_observation_are_said_and_count_as_ends():
    with pytest.warns(UserWarning, match="episodes end without infos"):
        agent = trained(Tensors(), [Extrinsic, Novelty])
    assert agent.rollout.terminated.any()
    assert not agent.rollout.truncated.any()
    assert agent.rollout.terminated.dtype == bool


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        ((np.ones(ROBOTS), np.zeros(ROBOTS, bool), {"terminal_observation": None}), "infos as dict"),
        ((np.ones(ROBOTS), np.zeros(ROBOTS, bool), [{}]), "infos as list"),
        ((np.ones((ROBOTS, 1)), np.zeros(ROBOTS, bool), [{}] * ROBOTS), r"rewards of shape \(4, 1\), not \(4,\)"),
        ((np.ones(ROBOTS), False, [{}] * ROBOTS), r"dones of shape \(\)"),
    ],
)
def test_steps_that_are_not_one_per_environment_are_refused(returned, told, monkeypatch):
    monkeypatch.setattr(SimulatorVecEnv, "step_wait", lambda self: (self._look(), *returned))
    for drives in ([Extrinsic], [Extrinsic, Novelty]):
        with pytest.raises(UserError, match=f"SimulatorVecEnv returned {told}"):
            trained(SimulatorVecEnv(), drives)


def agents_side_by_side(**kwargs: Any) -> Any:
    supersuit = pytest.importorskip("supersuit")
    spread = pytest.importorskip("mpe2.simple_spread_v3")
    worlds = supersuit.pettingzoo_env_to_vec_env_v1(spread.parallel_env(max_cycles=8, **kwargs))
    return supersuit.concat_vec_envs_v1(worlds, 2, base_class="stable_baselines3")


def test_several_agents_of_supersuit_train(tmp_path, caplog):
    agent = trained(agents_side_by_side(), [Extrinsic, Novelty], tmp_path)
    assert agent.n_envs == 6
    assert agent.rollout.terminated.dtype == bool
    assert agent.rollout.terminated.sum() == 2 * 6
    assert "cannot be seeded: its worlds are not those of seed 0" in caplog.text
    assert len(evaluate(agent, agents_side_by_side(), 6, seed=3).scores) == 6
    with pytest.raises(UserError, match="unknown sense 'ate'"):
        trained(agents_side_by_side(), [Hunger])


def test_vector_environments_of_gymnasium_are_refused_in_a_line():
    for batch in (gymnasium.make_vec("CartPole-v1", 2, "sync"), gymnasium.make_vec("dualbrain/Forage-v0", 2)):
        with pytest.raises(UserError, match=r"is a vector environment of Gymnasium's: give its id with n_envs"):
            trained(batch)
        batch.close()


class Scene(gymnasium.Env[Any, Any]):
    """A picture and a number."""

    observation_space = gymnasium.spaces.Dict(
        {
            "picture": gymnasium.spaces.Box(0, 255, (36, 36, 3), np.uint8),
            "number": gymnasium.spaces.Box(-1.0, 1.0, (1,)),
        }
    )
    action_space = gymnasium.spaces.Discrete(2)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.t = 0
        return self._look(), {}

    def step(self, action: Any) -> Any:
        self.t += 1
        return self._look(), 1.0, self.t == 5, False, {}

    def _look(self) -> Any:
        return {"picture": np.full((36, 36, 3), self.t, np.uint8), "number": np.zeros(1, np.float32)}


def cartpoles() -> DummyVecEnv:
    return DummyVecEnv([lambda: gymnasium.make("CartPole-v1")] * 2)


WRAPPED: dict[str, Any] = {
    "monitor": lambda: VecMonitor(cartpoles()),
    "check nan": lambda: VecCheckNan(cartpoles()),
    "frame stack": lambda: VecFrameStack(cartpoles(), 3),
    "normalise": lambda: VecNormalize(cartpoles()),
    "one part": lambda: VecTransposeImage(VecExtractDictObs(DummyVecEnv([Scene] * 2), "picture")),
    "all parts": lambda: VecFrameStack(VecTransposeImage(DummyVecEnv([Scene] * 2)), 2),
}


@pytest.mark.parametrize("kind", WRAPPED)
def test_wrappers_of_sb3_train(kind, tmp_path):
    assert trained(WRAPPED[kind](), [Extrinsic, Novelty], tmp_path).num_timesteps == 64


def test_videos_are_recorded_of_worlds_that_were_asked_for_pictures(tmp_path):
    pytest.importorskip("moviepy")
    pytest.importorskip("pygame")
    seen = make_vec_env("CartPole-v1", 1, env_kwargs={"render_mode": "rgb_array"})
    video = VecVideoRecorder(seen, str(tmp_path), lambda step: step == 0, video_length=10)
    trained(video)
    assert list(tmp_path.glob("*.mp4"))


def doubled() -> Any:
    return TransformReward(gymnasium.make("CartPole-v1"), lambda reward: 2.0 * float(reward))


def test_worlds_in_processes_need_not_be_pickled(tmp_path):
    """A process that is asked for what cannot be sent, such as a spec with a lambda, ends."""
    venv = SubprocVecEnv([doubled] * 2, start_method="fork")
    agent = trained(venv, folder=tmp_path)
    assert name_of(agent.steering_env) == "CartPole-v1"
    assert agent.rollout.world_reward.max() == 2.0
    venv.close()


def test_worlds_without_an_id_in_processes_are_named_by_their_class():
    venv = SubprocVecEnv([Corridor] * 2, start_method="fork")
    assert name_of(venv) == "SubprocVecEnv"
    venv.close()


def test_a_society_lives_among_robots():
    robots = SimulatorVecEnv()
    brains = {"one": {"agents": [0], "steering": ["extrinsic"], "n_steps": 16, "batch_size": 32}}
    Society(robots, brains, seed=0).learn(16 * ROBOTS)


def test_nothing_is_said_of_what_is_merely_absent(caplog):
    with caplog.at_level(logging.WARNING, "dualbrain"):
        trained(SimulatorVecEnv())
    assert not caplog.records
