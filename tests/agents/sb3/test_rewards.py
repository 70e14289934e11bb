"""What an algorithm learns from is the drives' reward and what was done, whatever stands around the world."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import VecNormalize

from agents.sb3.a2c import SteeredA2C
from agents.sb3.dqn import SteeredDQN
from agents.sb3.recurrent_ppo import SteeredRecurrentPPO
from dualbrain import RewardModule, Signal
from dualbrain.episodes.acting import Acting
from dualbrain.errors import UserError
from dualbrain.steering.reward_module import NO_REFLEX
from reward_modules import Extrinsic
from tests.agents.sb3.algorithms import CASES, worlds

SMALL: dict[str, Any] = {**CASES["dqn"].settings, "seed": 0, "window": 16}


class Ten(RewardModule):
    """Pays ten for every step, and pushes to the right at every third."""

    emits = (Signal("ten", low=0.0, high=10.0),)

    def bind(self, n: int) -> None:
        super().bind(n)
        self.age = np.zeros(n, np.int64)

    def reset(self, done: Any) -> None:
        self.age[done] = 0

    def truth(self, extrinsic_reward: Any) -> Any:
        self.age += 1
        return {"ten": np.full(len(extrinsic_reward), 10.0, np.float32)}

    def reflex(self, extrinsic_reward: Any) -> Any:
        return np.where(self.age % 3 == 2, 1, NO_REFLEX)


@pytest.mark.parametrize("wrapped", [False, True])
def test_the_replay_buffer_holds_the_drives_reward(wrapped: bool):
    venv = worlds("dqn", 2)
    agent = SteeredDQN("auto", VecNormalize(venv, norm_reward=False) if wrapped else venv, steering=[Ten()], **SMALL)
    agent.learn(60)
    assert agent.replay_buffer is not None
    assert set(agent.replay_buffer.rewards[: agent.replay_buffer.pos].ravel().tolist()) == {10.0}


def test_the_replay_buffer_holds_what_a_reflex_did(monkeypatch: pytest.MonkeyPatch):
    def left(*_: Any, **__: Any) -> tuple[Any, Any]:
        actions = np.zeros(2, np.int64)
        return actions, actions

    agent = SteeredDQN("auto", worlds("dqn", 2), steering=[Ten()], **SMALL)
    monkeypatch.setattr(agent, "_sample_action", left)
    agent.learn(60)
    assert agent.replay_buffer is not None
    assert 0.2 < agent.replay_buffer.actions[: agent.replay_buffer.pos].mean() < 0.4


def test_a_normaliser_of_the_worlds_reward_is_refused():
    with pytest.raises(UserError, match=r"SteeredDQN would scale the drives' reward .*norm_reward=False"):
        SteeredDQN("auto", VecNormalize(worlds("dqn", 2)), steering=[Ten()], **SMALL)


class Exchange(BaseCallback):
    """Gives the agent other drives in the middle of a window."""

    def _on_step(self) -> bool:
        if self.num_timesteps == 40:
            self.model.set_steering([Ten()])  # type: ignore[attr-defined]
        return True


@pytest.mark.parametrize("cls", [SteeredDQN, SteeredA2C])
def test_drives_can_be_exchanged_while_it_learns(cls: Any):
    name = "dqn" if cls is SteeredDQN else "a2c"
    agent = cls("auto", worlds(name, 2), steering=[Extrinsic()], **{**CASES[name].settings, "window": 16, "seed": 0})
    agent.learn(120, callback=Exchange())
    assert list(agent.steering.signals) == ["ten.ten"]
    assert agent.auxiliary.heads.names == ("ten.ten",)
    assert set(agent.assess(agent.env.reset())["short"]) == {"ten.ten"}
    assert agent.report()["signals"].keys() == {"ten.ten"}


class Remembering:
    """A policy that counts the steps of each episode."""

    def predict(self, obs: Any, state: Any = None, episode_start: Any = None, deterministic: bool = False) -> Any:
        before = np.zeros(len(obs)) if state is None else np.where(episode_start, 0.0, state[0])
        return before.copy(), (before + 1.0,)


def still(n: int) -> Any:
    """Return a steered environment in which no episode starts."""
    return SimpleNamespace(num_envs=n, starts=np.zeros(n, bool))


def test_a_recurrent_policy_has_its_state_back_in_every_step_of_an_episode():
    acting: Any = Acting(Remembering(), still(2))  # type: ignore[arg-type]
    seen = []
    for dones in ([False, False], [False, True], [False, False], [False, False]):
        seen.append(acting.choose(np.zeros((2, 1)), True).tolist())
        acting.after(np.array(dones))
    assert seen == [[0.0, 0.0], [1.0, 1.0], [2.0, 0.0], [3.0, 1.0]]


def test_a_recurrent_agent_acts_by_what_it_remembers():
    agent = SteeredRecurrentPPO("auto", worlds("a2c"), steering=[Extrinsic()], n_steps=16, batch_size=16, seed=0)
    acting: Any = Acting(agent, still(1))
    obs = np.zeros((1, 4), np.float32)
    states = []
    for _ in range(2):
        acting.choose(obs, True)
        states.append(acting._kept["state"][0].copy())
        acting.after(np.array([False]))
    assert not np.array_equal(*states)
