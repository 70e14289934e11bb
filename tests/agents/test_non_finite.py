"""What is not finite is caught where it enters, or after the update that it breaks, and named."""

from __future__ import annotations

import copy
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium import spaces
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import DummyVecEnv

from agents import DualBrainPPO
from dualbrain import RewardModule, Sense, Signal, UserError
from dualbrain.cli import main
from dualbrain.episodes.evaluate import evaluate
from dualbrain.errors import NonFiniteError
from dualbrain.runs.run_folder import newest, runs_below
from dualbrain.testing import ContractError, check_module

DICT = spaces.Dict(eye=spaces.Box(-1.0, 1.0, (2,)), ear=spaces.Box(-1.0, 1.0, (1,)))


class Meter(gymnasium.Env[Any, Any]):
    """Pays 1 a step; hands out ``odd`` in its ``where`` at step ``at`` of its life. Episodes of eight steps."""

    action_space = spaces.Discrete(2)

    def __init__(self, where: str = "", odd: float = np.nan, at: int = 10**9, optional: bool = False):
        self.where, self.odd, self.at, self.age = where, odd, at, 0
        self.observation_space = DICT if where == "ear" else DICT["eye"]
        self.senses = {"heat": Sense("heat", 0.0, 1.0, optional=optional)}

    def is_odd(self, where: str) -> bool:
        return self.where == where and self.age == self.at

    def seen(self) -> Any:
        eye = np.full(2, self.odd if self.is_odd("eye") else 0.0, np.float32)
        ear = np.full(1, self.odd if self.is_odd("ear") else 0.0, np.float32)
        return {"eye": eye, "ear": ear} if self.where == "ear" else eye

    def felt(self) -> dict[str, Any]:
        return {"senses": {"heat": self.odd if self.is_odd("heat") else 0.5}}

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        return self.seen(), self.felt()

    def step(self, action: Any) -> Any:
        self.age += 1
        reward = self.odd if self.is_odd("reward") else 1.0
        return self.seen(), reward, self.age % 8 == 0, False, self.felt()


gymnasium.register("Meter-v0", f"{__name__}:Meter")


class Warmth(RewardModule):
    """Feels heat."""

    emits = (Signal("warm", horizon=4),)

    def truth(self, heat):
        return {"warm": heat}


class Trusting(Warmth):
    """Is worth what it feels, be it nothing."""

    def worth(self, heat):
        return {"warm": heat}


def brain(world: Any, drives: Any = ("extrinsic", Warmth), **kwargs: Any) -> DualBrainPPO:
    settings = {"n_steps": 16, "batch_size": 16, "n_epochs": 2, "seed": 0, "device": "cpu", **kwargs}
    return DualBrainPPO("BrainPolicy", world, steering=drives, **settings)


def two(**kwargs: Any) -> DummyVecEnv:
    return DummyVecEnv([Meter, lambda: Meter(**kwargs)])


@pytest.mark.parametrize(
    ("where", "odd", "told"),
    [
        ("reward", np.nan, "environment 1: the world's reward is nan, not finite"),
        ("reward", -np.inf, "environment 1: the world's reward is -inf, not finite"),
        ("heat", np.nan, r"environment 1: the world's sense 'heat' is nan, not finite; declare it .*optional=True"),
        ("heat", np.inf, "environment 1: the world's sense 'heat' is inf, not finite"),
        ("eye", np.nan, r"environment 1: the world's observation, place \[0\], is nan, not finite"),
        ("ear", np.inf, r"environment 1: the world's observation 'ear', place \[0\], is inf, not finite"),
    ],
)
def test_what_a_world_hands_out_must_be_finite(where, odd, told):
    sound = "ear" if where == "ear" else ""
    agent = brain(DummyVecEnv([lambda: Meter(sound)] * 2))
    with pytest.raises(NonFiniteError, match=told):
        brain(DummyVecEnv([lambda: Meter(sound), lambda: Meter(where, odd, 20)])).learn(64)
    with pytest.raises(NonFiniteError, match=told):
        evaluate(agent, DummyVecEnv([lambda: Meter(sound), lambda: Meter(where, odd, 3)]), 4)


@pytest.mark.parametrize("at", [0, 24])
def test_at_a_reset_and_at_an_episodes_end(at):
    with pytest.raises(NonFiniteError, match="environment 1: the world's sense 'heat' is nan"):
        brain(two(where="heat", at=at)).learn(64)
    with pytest.raises(NonFiniteError, match=r"environment 1: the world's observation.* is nan"):
        brain(two(where="eye", at=at)).learn(64)


def test_a_sense_may_be_declared_to_have_nothing_to_say():
    agent = brain(DummyVecEnv([lambda: Meter("heat", at=5, optional=True)]))
    agent.learn(16)
    assert np.isnan(agent.rollout.truth[4, 0, 1])
    assert not np.isnan(agent.rollout.truth[5, 0, 1])
    with pytest.raises(NonFiniteError, match="'heat' is inf"):
        brain(DummyVecEnv([lambda: Meter("heat", np.inf, 5, optional=True)])).learn(16)


def test_a_drive_is_checked_on_what_an_optional_sense_may_be():
    check_module(Warmth(), [Sense("heat", 0.0, 1.0, optional=True)])
    check_module(Trusting(), [Sense("heat", 0.0, 1.0)])
    with pytest.raises(ContractError, match=r"worth.warm is nan, not finite"):
        check_module(Trusting(), [Sense("heat", 0.0, 1.0, optional=True)])


class Snapshot(BaseCallback):
    """Keeps the parameters that each rollout begins with."""

    def _on_rollout_start(self) -> None:
        self.kept = {name: value.clone() for name, value in self.model.policy.state_dict().items()}

    def _on_step(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("kwargs", "parts"),
    [
        ({}, "the critic, .*the long head of extrinsic.reward"),
        (
            {"detach_assessors": True},
            "left the short head of extrinsic.reward, .*the long head of extrinsic.reward.* not finite",
        ),
        ({"assessors": False}, "train/value_loss"),
    ],
)
def test_an_update_that_breaks_the_brain_is_named_and_undone(kwargs, parts):
    agent, before = brain(two(where="reward", odd=1e30, at=45), **kwargs), Snapshot()
    with pytest.raises(NonFiniteError, match=parts) as caught:
        agent.learn(1024, callback=before)
    told = str(caught.value)
    assert "training at step 96" in told
    assert "largest reward of the rollout: 1e+30, paid by extrinsic.reward in environment 1, step 12" in told
    for name, value in agent.policy.state_dict().items():
        assert torch.equal(value, before.kept[name]), name
    agent.learn(64, reset_num_timesteps=False)
    assert all(bool(torch.isfinite(value).all()) for value in agent.policy.parameters())


def test_the_first_update_of_all_can_be_undone():
    agent = brain(two(where="reward", odd=1e30, at=5))
    with pytest.raises(NonFiniteError):
        agent.learn(32)
    assert not agent.policy.optimizer.state
    agent.learn(64)


def test_an_update_that_is_interrupted_is_undone():
    """Half an update is none, whatever ended it, and there is no half-updated brain to be saved."""
    agent, steps = brain(two()), iter(range(100))
    agent.learn(32)
    before = {name: value.clone() for name, value in agent.policy.state_dict().items()}
    moments = copy.deepcopy(agent.policy.optimizer.state_dict()["state"])

    def interrupt(*_: Any) -> None:
        if next(steps) == 1:
            raise KeyboardInterrupt

    agent.policy.optimizer.register_step_post_hook(interrupt)
    with pytest.raises(KeyboardInterrupt):
        agent.learn(32, reset_num_timesteps=False)
    for name, value in agent.policy.state_dict().items():
        assert torch.equal(value, before[name]), name
    after = agent.policy.optimizer.state_dict()["state"]
    assert all(torch.equal(after[i][name], moments[i][name]) for i in moments for name in moments[i])


def test_a_broken_actor_is_named_though_its_distribution_raises_first():
    agent = brain(two())

    def poison(*_: Any) -> None:
        next(agent.policy.action_net.parameters()).data.fill_(torch.nan)

    agent.policy.optimizer.register_step_post_hook(poison)
    with pytest.raises(NonFiniteError, match="left the actor not finite"):
        agent.learn(32)


def test_a_broken_brain_is_not_saved(tmp_path):
    agent = brain(two())
    agent.save(tmp_path / "whole.zip")
    assert agent.policy.assessors is not None
    agent.policy.assessors.long.bias.data[1] = torch.inf
    with pytest.raises(UserError, match=r"not saved: the long head of warmth.warm of the brain is not finite"):
        agent.save(tmp_path / "broken.zip")
    assert not (tmp_path / "broken.zip").exists()


def test_the_command_line_keeps_the_model_of_before(tmp_path, capsys):
    params = ["-params", "n_steps:16", "batch_size:16", "n_epochs:1", "-n", "512", "--n-envs", "1", "--pictures", "0"]
    odd = ["--env-kwargs", "where:'reward'", "odd:1e30", "at:100", "--eval-freq", "0", "-f", str(tmp_path)]
    assert main(["train", "Meter-v0", *params, *odd]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "training at step 112 left" in told
    folder = newest(tmp_path)
    assert folder is not None
    assert f"the model of step 112 is saved in {folder / 'model.zip'}" in told
    kept = DualBrainPPO.load(folder / "model.zip")
    assert all(bool(torch.isfinite(value).all()) for value in kept.policy.parameters())


def test_a_run_that_learned_nothing_leaves_no_brain_but_what_ended_it(tmp_path, capsys):
    odd = ["--env-kwargs", "where:'reward'", "at:3", "--n-envs", "1", "--eval-freq", "0", "-f", str(tmp_path)]
    assert main(["train", "Meter-v0", "-n", "512", *odd]) == 2
    assert "the world's reward is nan" in capsys.readouterr().err
    assert newest(tmp_path) is None
    (folder,) = runs_below(tmp_path)
    told = (folder / "error.txt").read_text()
    assert told.startswith("step 2: environment 0: the world's reward is nan")
    assert "NonFiniteError" in told
