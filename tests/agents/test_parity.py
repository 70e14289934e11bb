"""With one drive it is PPO: bit for bit that of Stable-Baselines3, watched by assessors or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium import spaces
from minigrid.wrappers import ImgObsWrapper
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import CallbackList, CheckpointCallback, ConvertCallback
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import VecEnv

from agents import DualBrainPPO
from reward_modules import Extrinsic

SETTINGS: dict[str, Any] = {"seed": 3, "n_steps": 64, "batch_size": 32, "n_epochs": 3}
UPDATES = 5


def flat_minigrid() -> gymnasium.Env[Any, Any]:
    pictures = ImgObsWrapper(gymnasium.make("MiniGrid-Empty-5x5-v0", max_steps=30))  # type: ignore[no-untyped-call]
    return gymnasium.wrappers.FlattenObservation(pictures)


class TwoPlaces(gymnasium.Env[Any, Any]):
    """A Dict observation of a number and a vector; episodes end by termination and by truncation."""

    observation_space = spaces.Dict({"where": spaces.Discrete(3), "how": spaces.Box(-1.0, 1.0, (2,))})
    action_space = spaces.Discrete(2)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        self.age = 0
        return self._look(), {}

    def step(self, action: int) -> Any:
        self.age += 1
        return self._look(), float(action), bool(self.np_random.random() < 0.1), self.age == 12, {}

    def _look(self) -> dict[str, Any]:
        how = self.np_random.uniform(-1.0, 1.0, 2).astype(np.float32)
        return {"where": int(self.np_random.integers(3)), "how": how}


WORLDS: dict[str, Callable[[], Any]] = {
    "cartpole": lambda: gymnasium.make("CartPole-v1", max_episode_steps=20),
    "minigrid": flat_minigrid,
    "dict": TwoPlaces,
}


def worlds(name: str, n_envs: int) -> VecEnv:
    return make_vec_env(WORLDS[name], n_envs)


def learned(agent: PPO) -> PPO:
    return agent.learn(UPDATES * SETTINGS["n_steps"] * agent.n_envs)


def reference(name: str, n_envs: int) -> PPO:
    policy = "MultiInputPolicy" if name == "dict" else "MlpPolicy"
    kwargs = {"share_features_extractor": False} if name == "dict" else {}
    return learned(PPO(policy, worlds(name, n_envs), policy_kwargs=kwargs, **SETTINGS))


def brain(name: str, n_envs: int, **kwargs: Any) -> DualBrainPPO:
    agent = DualBrainPPO("BrainPolicy", worlds(name, n_envs), steering=[Extrinsic()], **SETTINGS, **kwargs)
    learned(agent)
    return agent


def same_actor_and_critic(one: PPO, other: PPO) -> bool:
    ours = other.policy.state_dict()
    return all(torch.equal(value, ours[name]) for name, value in one.policy.state_dict().items())


def same_optimizer(one: PPO, other: PPO) -> bool:
    theirs, ours = (agent.policy.optimizer.state_dict()["state"] for agent in (one, other))
    moments = [torch.equal(value, ours[i][name]) for i, part in theirs.items() for name, value in part.items()]
    return theirs.keys() == ours.keys() and len(moments) > 0 and all(moments)


@pytest.mark.parametrize("n_envs", [1, 4])
@pytest.mark.parametrize("name", WORLDS)
def test_with_one_drive_it_is_ppo_bit_for_bit(name, n_envs):
    theirs = reference(name, n_envs)
    for kwargs in ({"assessors": False}, {"detach_assessors": True}):
        ours = brain(name, n_envs, **kwargs)
        assert same_actor_and_critic(theirs, ours), kwargs
        assert same_optimizer(theirs, ours), kwargs


def test_assessors_that_train_the_trunk_do_change_the_brain():
    """The control: the comparison would notice."""
    assert not same_actor_and_critic(reference("cartpole", 1), brain("cartpole", 1))


def test_the_watched_brain_did_learn_to_assess():
    agent = brain("cartpole", 1, detach_assessors=True)
    assert agent.policy.assessors is not None
    assert float(agent.policy.assessors.long.weight.detach().abs().max()) > 0.0


def test_callbacks_and_progress_bar_change_nothing(tmp_path):
    plain = brain("cartpole", 1)
    shown = DualBrainPPO("BrainPolicy", worlds("cartpole", 1), steering=[Extrinsic()], **SETTINGS)
    callbacks = CallbackList([CheckpointCallback(100, str(tmp_path)), ConvertCallback(lambda *_: True)])
    shown.learn(UPDATES * SETTINGS["n_steps"], callback=callbacks, progress_bar=True)
    assert same_actor_and_critic(plain, shown)
    assert list(tmp_path.glob("*.zip"))


def test_same_seed_twice_gives_the_same_brain():
    """Every parameter, optimizer moment and running scale, assessors and slow copy included."""
    one, two = brain("minigrid", 2), brain("minigrid", 2)
    assert same_actor_and_critic(one, two)
    assert same_optimizer(one, two)


def test_another_seed_gives_another_brain():
    other = DualBrainPPO("BrainPolicy", worlds("minigrid", 2), steering=[Extrinsic()], **{**SETTINGS, "seed": 4})
    assert not same_actor_and_critic(brain("minigrid", 2), learned(other))
